import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { count } from '../../words/numbers.ts'
import { valueText } from '../../words/units.ts'
import { TIME_AND_COST } from '../routes/figure-columns.tsx'
import type { RouteFacts } from './use-route.ts'

type Line = RouteFacts['answered_by'][number]

/** Who answered the requests of the route in the time of the page. */
export function AnsweredBy({ route }: { readonly route: RouteFacts }): ReactNode {
  const { name, answered_by: lines, figures } = route
  return (
    <section className="card" aria-labelledby="h-answered">
      <header>
        <h2 id="h-answered">Who answered</h2>
        <Link to="/requests" search={{ q: `route:"${name}"` }} className="small">
          Its requests
        </Link>
      </header>
      <Table
        label="Who answered"
        columns={columnsFor(figures.requests)}
        rows={lines}
        keyOf={({ target }) => target}
        empty={
          <Empty title="No request in this time">
            <p>Whoever answers the next one stands here within a second.</p>
          </Empty>
        }
      />
    </section>
  )
}

function columnsFor(all: number): readonly Column<Line>[] {
  return [
    { head: 'Target', cell: ({ target }) => <Who name={target} />, sortBy: ({ target }) => target },
    {
      head: 'Requests',
      num: true,
      cell: ({ requests }) => count(requests),
      sortBy: ({ requests }) => requests,
    },
    {
      head: 'Share',
      num: true,
      cell: ({ requests }) => (all === 0 ? '–' : valueText(requests / all, 'share')),
      sortBy: ({ requests }) => requests,
    },
    {
      head: 'Failed',
      num: true,
      cell: ({ failed }) =>
        failed === 0 ? <span className="soft">0</span> : <span className="bad">{count(failed)}</span>,
      sortBy: ({ failed }) => failed,
    },
    ...TIME_AND_COST,
  ]
}
