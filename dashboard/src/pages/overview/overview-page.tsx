import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { useFresh } from '../../app/use-live.ts'
import { Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { ByModel } from './by-model.tsx'
import { HealthLine } from './health-line.tsx'
import { LatestCard } from './latest-card.tsx'
import { ProvidersCard, RoutesCard } from './status-cards.tsx'
import { Tiles } from './tiles.tsx'
import { SpendChart } from './spend-chart.tsx'
import { TrafficChart } from './traffic-chart.tsx'
import { useSpend, useStatus, useTraffic, useUsage } from './use-status.ts'

const LOOK_MS = 3_000

/** Is everything fine right now? */
export function OverviewPage(): ReactNode {
  const status = useStatus()
  const byModel = useUsage()
  const traffic = useTraffic()
  const spend = useSpend()
  const usageError = byModel.error ?? traffic.error
  useFresh('traffic', LOOK_MS)
  return (
    <main id="main">
      <PageHead title="Overview" answer={<HealthLine status={status.data} />} />
      {status.error === null ? null : (
        <Failed
          error={status.error}
          what="The state could not be read."
          retry={() => void status.refetch()}
        />
      )}
      {usageError === null ? null : (
        <Failed error={usageError} what="Figures could not be read." retry={() => void byModel.refetch()} />
      )}
      {status.data === undefined ? null : <Troubles status={status.data} />}
      <Tiles usage={byModel.data} status={status.data} series={traffic.data} />
      <TrafficChart series={traffic.data} />
      <SpendChart series={spend.data} />
      <div className="grid fill">
        <ByModel usage={byModel.data} />
        <ProvidersCard status={status.data}>
          <Link to="/providers" className="small">
            All
          </Link>
        </ProvidersCard>
      </div>
      <LatestCard />
      <RoutesCard status={status.data} />
      {status.data === undefined ? null : <Foot status={status.data} />}
    </main>
  )
}

/** What is wrong, in the gateway's own words. */
function Troubles({ status: { troubles, config } }: { readonly status: GetStatusz }): ReactNode {
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

function Foot({ status: { version, url, config } }: { readonly status: GetStatusz }): ReactNode {
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
