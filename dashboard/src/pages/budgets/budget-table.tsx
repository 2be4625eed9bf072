import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { Meter } from '../../parts/meter.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { total, type Money } from '../../words/money.ts'
import type { TimeWords } from '../../words/times.ts'
import { Outlook, WINDOW_NAMES } from './states.tsx'
import type { Budget } from './use-budgets.ts'

/** All budgets, those at risk first. */
export function BudgetTable({
  budgets,
  chosen,
}: {
  readonly budgets: readonly Budget[] | undefined
  readonly chosen: string | undefined
}): ReactNode {
  const times = useTimes()
  return (
    <section className="card" aria-labelledby="h-budgets">
      <header>
        <h2 id="h-budgets">All budgets</h2>
      </header>
      <Table
        label="All budgets"
        columns={columnsOf(times)}
        rows={budgets}
        keyOf={({ id }) => id}
        marked={chosen}
        partial="Money is held before a call and settled after it, so requests under way never overrun a budget. Budgets count simulated money too, so that they can be tried."
      />
    </section>
  )
}

function columnsOf(times: TimeWords): readonly Column<Budget>[] {
  return [
    {
      head: 'Owner',
      cell: ({ id, name, scope, per }) => (
        <>
          <Link to="/budgets" search={{ budget: id }} resetScroll={false}>
            {name}
          </Link>
          <span className="sub">
            {scope}, {WINDOW_NAMES[per]}
          </span>
        </>
      ),
      sortBy: ({ name }) => name,
    },
    { head: 'Used', className: 'share x-minor', cell: (budget) => <Used budget={budget} />, sortBy: shareOf },
    {
      head: 'Spent',
      num: true,
      cell: ({ settled }) => total(settled),
      sortBy: ({ settled }) => Number(settled.nano_usd),
    },
    { head: 'Held', num: true, className: 'x-minor', cell: ({ reserved }) => orNone(reserved) },
    {
      head: 'Budget',
      num: true,
      cell: ({ limit, extra }) => (
        <>
          {total(limit)}
          {extra === undefined ? null : <span className="sub">{total(extra)} of it added</span>}
        </>
      ),
      sortBy: ({ limit }) => Number(limit.nano_usd),
    },
    {
      head: 'Forecast',
      num: true,
      cell: ({ forecast }) =>
        forecast === undefined ? <span className="soft">–</span> : `≈ ${total(forecast.expected)}`,
    },
    {
      head: 'Will it last?',
      className: 'nowrap',
      cell: (budget) => <Outlook budget={budget} times={times} />,
    },
    { head: 'At the end', cell: () => 'requests are refused (402)' },
  ]
}

function orNone(money: Money): ReactNode {
  return money.nano_usd === '0' ? <span className="soft">–</span> : `≈ ${total(money)}`
}

function shareOf({ settled, limit }: Budget): number {
  const most = Number(limit.nano_usd)
  return most === 0 ? 1 : Number(settled.nano_usd) / most
}

function Used({ budget }: { readonly budget: Budget }): ReactNode {
  const tone =
    budget.state === 'spent'
      ? 'var(--bad-mark)'
      : budget.state === 'runs-out'
        ? 'var(--warn-mark)'
        : 'var(--soft)'
  return (
    <Meter share={shareOf(budget)} tone={tone}>
      {(100 * shareOf(budget)).toFixed(0)} %
    </Meter>
  )
}
