import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { State } from '../../parts/state.tsx'
import { Who } from '../../parts/who.tsx'
import { age, counted, durationText } from '../../words/numbers.ts'
import { Timeline } from './timeline.tsx'
import type { Report } from './use-drills.ts'

type RouteReport = Report['routes'][number]

/** What came of a drill: the answer, and for each route what failed and who took over. */
export function ReportCard({
  report,
  isOpen,
}: {
  readonly report: Report
  readonly isOpen: boolean
}): ReactNode {
  const now = useNow(10_000)
  const { drill, at, passed, faults, routes, books, not_rehearsed: left } = report
  const title = drill === 'quick' ? faults.join(', ') : drill
  return (
    <section className="card" aria-label={`Report of ${title}`}>
      <details open={isOpen} className="report">
        <summary>
          <State tone={passed ? 'good' : 'bad'}>{passed ? 'passed' : 'failed'}</State>
          <b className="strong">{title}</b>
          <span className="soft">{drill === 'quick' ? 'every route' : faults.join(', ')}</span>
          <span className="push soft small">{age(now - Date.parse(at))} ago</span>
        </summary>
        <div className="body stack loose">
          <p>{sentenceOf(report)}</p>
          {routes.map((route) => (
            <Route key={route.route} route={route} />
          ))}
          {[...books.broken, ...left].map((line) => (
            <p key={line} className="small soft">
              {line}
            </p>
          ))}
        </div>
      </details>
    </section>
  )
}

function sentenceOf({ routes, books }: Report): string {
  const asked = routes.reduce((sum, { requests }) => sum + requests, 0)
  const answered = routes.reduce((sum, one) => sum + one.answered, 0)
  const struck = routes.reduce((sum, one) => sum + one.struck, 0)
  const paid =
    books.broken.length === 0 ? 'The ledger and the bills of the providers agree.' : 'The books do not agree.'
  return `${answered} of ${counted(asked, 'request')} were answered; the fault met ${counted(struck, 'call')}. ${paid}`
}

function Route({ route }: { readonly route: RouteReport }): ReactNode {
  const { route: name, passed, answered, requests, served_by: servedBy, p95_added_ms: addedMs } = route
  const served = Object.entries(servedBy)
  return (
    <div className="drill-route">
      <div className="row">
        <State tone={passed ? 'good' : 'bad'}>{name}</State>
        <span className="soft small">
          {answered} of {requests} answered
          {addedMs > 0 ? `, ${durationText(addedMs)} added at the 95th percentile` : ''}
          {route.cost_times === null ? '' : `, ${route.cost_times.toFixed(2)} times the cost`}
        </span>
        <span className="push row">
          {served.map(([target, times]) => (
            <span key={target} className="small">
              <Who name={target} /> <span className="soft">{times}</span>
            </span>
          ))}
        </span>
      </div>
      {route.timeline === undefined ? null : <Timeline points={route.timeline} label={name} />}
      {route.broken.map((line) => (
        <p key={line} className="small bad">
          {line}
        </p>
      ))}
    </div>
  )
}
