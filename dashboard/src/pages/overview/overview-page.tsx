import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { Failed, Notice } from '../../parts/notices.tsx'
import { ByDay } from './by-day.tsx'
import { ByModel } from './by-model.tsx'
import { HealthLine } from './health-line.tsx'
import { LatestCard } from './latest-card.tsx'
import { USUAL_RANGE } from './range.ts'
import { RangePicker } from './range-picker.tsx'
import { ProvidersCard, RoutesCard } from './status-cards.tsx'
import { Tiles } from './tiles.tsx'
import { useStatus, useUsage } from './use-status.ts'

/** Is everything fine right now? */
export function OverviewPage(): ReactNode {
  const { range = USUAL_RANGE } = useSearch({ from: '/' })
  const status = useStatus()
  const byModel = useUsage('model', range)
  const byDay = useUsage('day', range)
  const usageError = byModel.error ?? byDay.error
  return (
    <main id="main">
      <div className="head">
        <div>
          <h1>Overview</h1>
          <HealthLine status={status.data} />
        </div>
        <RangePicker range={range} />
      </div>
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
      <Tiles usage={byModel.data} status={status.data} />
      <ByDay usage={byDay.data} />
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
