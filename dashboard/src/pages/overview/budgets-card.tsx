import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Meter } from '../../parts/meter.tsx'
import { State } from '../../parts/state.tsx'
import { total } from '../../words/money.ts'
import type { TimeWords } from '../../words/times.ts'

type Budget = GetOverview['budgets'][number]

/** Budgets that are spent or may not last, each with the way to it; nothing where all last. */
export function BudgetsCard({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const times = useTimes()
  const budgets = overview?.budgets ?? []
  if (budgets.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-at-risk">
      <header>
        <h2 id="h-at-risk">Budgets at risk</h2>
        <Link to="/budgets" className="small">
          All budgets
        </Link>
      </header>
      <ul className="body at-risk">
        {budgets.map((budget) => (
          <Line key={budget.id} budget={budget} times={times} />
        ))}
      </ul>
    </section>
  )
}

function Line({ budget, times }: { readonly budget: Budget; readonly times: TimeWords }): ReactNode {
  const { id, name, per, settled, limit, state } = budget
  const most = Number(limit.nano_usd)
  const share = most === 0 ? 1 : Number(settled.nano_usd) / most
  const isSpent = state === 'spent'
  return (
    <li>
      <span>
        <Link to="/budgets" search={{ budget: id }}>
          {name}
        </Link>
        <span className="sub">
          {total(settled)} of {total(limit)} {per === 'total' ? 'in all' : `a ${per}`}
        </span>
      </span>
      <Meter share={share} tone={isSpent ? 'var(--bad-mark)' : 'var(--warn-mark)'}>
        {(100 * share).toFixed(0)} %
      </Meter>
      <State tone={isSpent ? 'bad' : 'warn'}>{endText(budget, times)}</State>
    </li>
  )
}

function endText({ state, forecast }: Budget, { short }: TimeWords): string {
  if (state === 'spent') return 'spent: requests get 402'
  const at = forecast?.exhausted_at ?? forecast?.earliest_at
  if (at === undefined) return 'may not last'
  return state === 'runs-out' ? `ends ${short(Date.parse(at))}` : `may end ${short(Date.parse(at))}`
}
