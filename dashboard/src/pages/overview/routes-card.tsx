import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { Duration } from '../../parts/measure.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { count } from '../../words/numbers.ts'
import { NoRequests } from '../requests/no-requests.tsx'
import { termOf } from '../requests/filters.ts'

type Line = GetOverview['routes'][number]

const COLUMNS: readonly Column<Line>[] = [
  {
    head: 'Route',
    cell: ({ name }) => (
      <Link to="/requests" search={{ q: termOf('route', name) }}>
        {name}
      </Link>
    ),
  },
  {
    head: 'Requests',
    num: true,
    cell: ({ requests }) => count(requests),
    sortBy: ({ requests }) => requests,
  },
  {
    head: 'Failed',
    num: true,
    cell: ({ name, failed }) =>
      failed === 0 ? (
        <span className="soft">0</span>
      ) : (
        <Link to="/requests" search={{ q: `${termOf('route', name)} status:error` }}>
          {count(failed)}
        </Link>
      ),
    sortBy: ({ failed }) => failed,
  },
  {
    head: 'Timed out',
    num: true,
    cell: ({ name, failed }) =>
      failed === 0 ? (
        <span className="soft">–</span>
      ) : (
        <Link to="/requests" search={{ q: `${termOf('route', name)} outcome:*timeout*` }}>
          show
        </Link>
      ),
  },
  {
    head: 'Duration p95',
    num: true,
    cell: ({ duration_p95_ms: ms }) =>
      ms === undefined ? <span className="soft">–</span> : <Duration ms={ms} />,
    sortBy: ({ duration_p95_ms: ms }) => ms,
  },
]

/** Which routes fail and which are slow, the worst first; where there is no request yet, how the first is made. */
export function RoutesCard({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  return (
    <section className="card" aria-labelledby="h-routes">
      <header>
        <h2 id="h-routes">Routes, those with the most failures first</h2>
      </header>
      <Table
        label="Routes"
        columns={COLUMNS}
        rows={overview?.routes}
        keyOf={({ name }) => name}
        empty={<NoRequests q={undefined} />}
      />
    </section>
  )
}
