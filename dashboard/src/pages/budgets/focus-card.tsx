import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetBudgets } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Who } from '../../parts/who.tsx'
import { total } from '../../words/money.ts'
import { counted } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { outlookText } from './states.tsx'
import type { Budget } from './use-budgets.ts'

type Detail = NonNullable<GetBudgets['focus']>

/** One budget in figures: what spends it, the windows before, and more of it. */
export function FocusCard({
  budget,
  detail,
  onRaise,
}: {
  readonly budget: Budget
  readonly detail: Detail
  readonly onRaise: () => void
}): ReactNode {
  const times = useTimes()
  const { scope, owner } = budget
  return (
    <section className="card c4" aria-labelledby="h-focus">
      <header>
        <h2 id="h-focus">{sentence(outlookText(budget, times))}</h2>
      </header>
      <div className="body stack">
        <Figures budget={budget} />
        {detail.burners.length === 0 ? null : (
          <>
            <h3>What spends it</h3>
            <dl className="facts">
              {detail.burners.map(({ target, amount }) => (
                <div key={target} className="pass">
                  <dt>
                    <Link to="/requests" search={{ q: `${termOf(scope, owner)} ${termOf('tried', target)}` }}>
                      <Who name={target} />
                    </Link>
                  </dt>
                  <dd>{total(amount)}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        {detail.before.length === 0 ? null : <Before budget={budget} detail={detail} />}
        <div className="row">
          <button type="button" className="btn primary" onClick={onRaise}>
            Raise it for a time
          </button>
          <Link to="/cost" className="btn">
            What drives it
          </Link>
        </div>
      </div>
    </section>
  )
}

function Before({ budget, detail }: { readonly budget: Budget; readonly detail: Detail }): ReactNode {
  const times = useTimes()
  return (
    <>
      <h3>Windows before</h3>
      <dl className="facts">
        {detail.before.map(({ starts_at: begin, spent }) => (
          <div key={begin} className="pass">
            <dt>{budget.per === 'hour' ? times.short(Date.parse(begin)) : times.date(Date.parse(begin))}</dt>
            <dd>{total(spent)}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Figures({ budget }: { readonly budget: Budget }): ReactNode {
  const { forecast } = budget
  return (
    <dl className="facts">
      <dt>Settled</dt>
      <dd>{total(budget.settled)}</dd>
      <dt>Held by {counted(budget.requests_under_way, 'request')} under way</dt>
      <dd>≈ {total(budget.reserved)}</dd>
      <dt>Left</dt>
      <dd>{total(budget.remaining)}</dd>
      {forecast === undefined ? null : (
        <>
          <dt>Forecast, whole window</dt>
          <dd>≈ {total(forecast.expected)}</dd>
          <dt>Eight of ten lie between</dt>
          <dd>
            {total(forecast.low)} and {total(forecast.high)}
          </dd>
        </>
      )}
    </dl>
  )
}

function sentence(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}
