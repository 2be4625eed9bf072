import type { ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { Table, type Column } from '../../parts/table.tsx'
import { State } from '../../parts/state.tsx'
import { total } from '../../words/money.ts'
import type { TimeWords } from '../../words/times.ts'
import { WINDOW_NAMES } from './states.tsx'
import { useEndTopUp, type Budget, type TopUp } from './use-budgets.ts'

/** What was added to budgets: by whom, why, until when. */
export function TopUpsCard({
  topUps,
  budgets,
}: {
  readonly topUps: readonly TopUp[]
  readonly budgets: readonly Budget[]
}): ReactNode {
  const times = useTimes()
  const ending = useEndTopUp()
  const nameOf = ({ scope, owner }: TopUp): string =>
    budgets.find((budget) => budget.scope === scope && budget.owner === owner)?.name ?? owner
  return (
    <section className="card" aria-labelledby="h-top-ups">
      <header>
        <h2 id="h-top-ups">Raised for a time</h2>
      </header>
      <Table
        label="Raised for a time"
        columns={columnsOf({ times, nameOf, end: (id) => ending.mutate(id) })}
        rows={topUps}
        keyOf={({ id }) => id}
      />
    </section>
  )
}

interface Telling {
  readonly times: TimeWords
  readonly nameOf: (topUp: TopUp) => string
  readonly end: (id: string) => void
}

function columnsOf({ times, nameOf, end }: Telling): readonly Column<TopUp>[] {
  return [
    {
      head: 'Budget',
      cell: (one) => (
        <>
          {nameOf(one)}
          <span className="sub">
            {one.scope}, {WINDOW_NAMES[one.per]}
          </span>
        </>
      ),
    },
    { head: 'More', num: true, cell: ({ extra }) => `+${total(extra)}` },
    { head: 'Until', className: 'nowrap', cell: ({ until }) => times.short(Date.parse(until)) },
    {
      head: 'Why',
      className: 'clip',
      cell: ({ reason, by }) => (
        <>
          {reason}
          {by === undefined ? null : <span className="sub">{by}</span>}
        </>
      ),
    },
    {
      head: 'State',
      cell: ({ state }) => <State tone={state === 'holds' ? 'good' : 'soft'}>{state}</State>,
    },
    {
      head: 'End it',
      isHeadHidden: true,
      cell: ({ id, state }) =>
        state === 'holds' ? (
          <button type="button" className="btn s" onClick={() => end(id)}>
            End now
          </button>
        ) : null,
    },
  ]
}
