import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Wide } from '../../parts/wide.tsx'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { moment } from '../../words/times.ts'
import { useNow } from '../../app/use-now.ts'
import { NoRequests } from '../requests/no-requests.tsx'
import { Outcome } from '../requests/outcome.tsx'
import { useLatest } from '../requests/use-requests.ts'

/** What happened last. */
export function LatestCard(): ReactNode {
  const now = useNow()
  const latest = useLatest()
  const rows = latest.data?.data ?? []
  return (
    <section className="card" aria-labelledby="h-latest">
      <header>
        <h2 id="h-latest">Latest requests</h2>
        <Link to="/requests" className="small">
          All
        </Link>
      </header>
      {latest.data !== undefined && rows.length === 0 ? <NoRequests q={undefined} /> : null}
      {rows.length === 0 ? null : (
        <Wide label="Latest requests">
          <table>
            <thead className="vh">
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Status</th>
                <th scope="col">Route</th>
                <th scope="col">Answered by</th>
                <th scope="col">Duration</th>
                <th scope="col">Cost</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td className="soft nowrap">{moment(row.at, now)}</td>
                  <td>
                    <Outcome outcome={row.outcome} status={row.status} />
                  </td>
                  <td>
                    <Link to="/requests/$id" params={{ id: row.id }}>
                      {row.route ?? row.requested_model}
                    </Link>
                  </td>
                  <td className="soft">{row.target}</td>
                  <td className="num">
                    <Duration ms={row.duration_ms} />
                  </td>
                  <td className="num">
                    <Cost cost={row.cost} estimated={row.estimated} simulated={row.simulated} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}
