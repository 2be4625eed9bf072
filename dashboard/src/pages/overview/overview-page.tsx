import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { State } from '../../parts/state.tsx'
import { durationText } from '../../words/numbers.ts'
import { BudgetsCard } from './budgets-card.tsx'
import { ChangesCard } from './changes-card.tsx'
import { HealthLine } from './health-line.tsx'
import { ProvidersCard } from './providers-card.tsx'
import { RoutesCard } from './routes-card.tsx'
import { SpendChart } from './spend-chart.tsx'
import { Tiles } from './tiles.tsx'
import { TrafficChart } from './traffic-chart.tsx'
import { useOverview } from './use-overview.ts'

/** Is everything fine right now, and what changed? */
export function OverviewPage(): ReactNode {
  const { data: overview, error, refetch } = useOverview()
  return (
    <main id="main">
      <PageHead title="Overview" answer={<HealthLine overview={overview} />}>
        {overview === undefined ? null : <Badges overview={overview} />}
      </PageHead>
      {error === null ? null : (
        <Failed error={error} what="The overview could not be read." retry={() => void refetch()} />
      )}
      {overview === undefined ? null : <Troubles status={overview.status} />}
      <Tiles overview={overview} />
      <BudgetsCard overview={overview} />
      <div className="grid fill">
        <TrafficChart overview={overview} />
        <ChangesCard overview={overview} />
        <SpendChart overview={overview} />
        <ProvidersCard overview={overview} />
      </div>
      <RoutesCard overview={overview} />
      {overview === undefined ? null : <Foot status={overview.status} />}
    </main>
  )
}

/** What the gateway takes for itself, and whether failing over was rehearsed. */
function Badges({ overview: { overhead_p95_ms: ms, drill } }: { readonly overview: GetOverview }): ReactNode {
  const times = useTimes()
  return (
    <div className="row small soft">
      {ms === undefined ? null : (
        <span title="By the newest requests that were answered">
          Gateway overhead p95 <b className="strong">{durationText(ms)}</b>
        </span>
      )}
      {drill === undefined ? (
        <span>No drill was run</span>
      ) : (
        <span className="row">
          Drill {drill.name}, {times.day(drill.at)}
          <State tone={drill.passed ? 'good' : 'bad'}>{drill.passed ? 'passed' : 'failed'}</State>
        </span>
      )}
    </div>
  )
}

/** What is wrong, in the gateway's own words. */
function Troubles({ status: { troubles, config } }: { readonly status: GetOverview['status'] }): ReactNode {
  return (
    <>
      {config.last_reload_ok ? null : (
        <Notice tone="warn">
          <b className="strong">{config.file ?? 'The configuration'}</b> was changed and has mistakes; the
          plan before it stays in force. <code>gatehouse check</code> names them.
        </Notice>
      )}
      {troubles.map(({ part, text, unready }) => (
        <Notice key={`${part} ${text}`} tone={unready ? 'bad' : 'warn'}>
          <b className="strong">{part}</b>: {text}
        </Notice>
      ))}
    </>
  )
}

function Foot({ status: { version, url, config } }: { readonly status: GetOverview['status'] }): ReactNode {
  return (
    <footer className="foot">
      <span>Gatehouse {version}</span>
      <span>
        Clients connect to <code>{url}/v1</code>
      </span>
      <span>
        Plan {config.plan}
        {config.file === null ? ', no configuration file' : `, from ${config.file}`}
      </span>
    </footer>
  )
}
