import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { NoRequests } from '../requests/no-requests.tsx'
import { Outcome } from '../requests/outcome.tsx'
import { useLatest, type RequestLine } from '../requests/use-requests.ts'

/** What happened last. */
export function LatestCard(): ReactNode {
  const now = useNow()
  const times = useTimes()
  const latest = useLatest()
  const columns: readonly Column<RequestLine>[] = [
    { head: 'Time', className: 'soft nowrap', cell: ({ at }) => times.moment(at, now) },
    { head: 'Status', cell: ({ outcome, status }) => <Outcome outcome={outcome} status={status} /> },
    {
      head: 'Route',
      cell: ({ id, route, requested_model: model }) => (
        <Link to="/requests/$id" params={{ id }}>
          {route ?? model}
        </Link>
      ),
    },
    { head: 'Answered by', className: 'soft', cell: ({ target }) => target },
    { head: 'Duration', num: true, cell: ({ duration_ms: ms }) => <Duration ms={ms} /> },
    { head: 'Cost', num: true, cell: (row) => <Cost {...row} /> },
  ]
  return (
    <section className="card" aria-labelledby="h-latest">
      <header>
        <h2 id="h-latest">Latest requests</h2>
        <Link to="/requests" className="small">
          All
        </Link>
      </header>
      <Table
        label="Latest requests"
        columns={columns}
        rows={latest.data?.data}
        keyOf={({ id }) => id}
        empty={<NoRequests q={undefined} />}
      />
    </section>
  )
}
