import type { ReactNode } from 'react'
import { Empty, Failed, Notice } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { counted } from '../../words/numbers.ts'
import { useStatus } from '../overview/use-status.ts'
import { ProviderCard, WaitingCard } from './provider-card.tsx'
import { byProvider, useLoads, type Load } from './use-loads.ts'

/** Who is healthy, near a limit, slow? */
export function ProvidersPage(): ReactNode {
  const status = useStatus()
  const loads = useLoads()
  const rows = loads.data?.data ?? []
  const groups = byProvider(rows)
  return (
    <main id="main">
      <div className="head">
        <div>
          <h1>Providers</h1>
          {loads.data === undefined ? <p>Asking the gateway.</p> : <Answer loads={rows} />}
        </div>
      </div>
      {loads.error === null ? null : (
        <Failed error={loads.error} what="Loads could not be read." retry={() => void loads.refetch()} />
      )}
      {status.error === null ? null : (
        <Failed
          error={status.error}
          what="The state could not be read."
          retry={() => void status.refetch()}
        />
      )}
      {loads.data?.has_more === true ? (
        <Notice tone="info">
          More targets than {rows.length} are in the plan: those that rest and the busiest are shown.
        </Notice>
      ) : null}
      {status.data === undefined || loads.data === undefined
        ? loads.error === null && status.error === null && <WaitingCard />
        : status.data.providers.map((provider) => (
            <ProviderCard key={provider.name} provider={provider} loads={groups.get(provider.name) ?? []} />
          ))}
      {status.data?.providers.length === 0 ? (
        <section className="card">
          <Empty title="No provider">
            <p>
              Name one under providers in the configuration, or set its key in the environment and start
              again.
            </p>
          </Empty>
        </section>
      ) : null}
    </main>
  )
}

function Answer({ loads }: { readonly loads: readonly Load[] }): ReactNode {
  const resting = loads.filter(({ state }) => state === 'resting')
  const underWay = loads.reduce((sum, { in_flight: calls }) => sum + calls, 0)
  const calls = underWay === 0 ? 'No call is under way.' : `${counted(underWay, 'call')} under way.`
  if (resting.length === 0)
    return (
      <p className="row">
        <State tone="good">Nothing rests.</State> {calls}
      </p>
    )
  return (
    <p className="row">
      <State tone="warn">
        {resting.length === 1 ? `${resting[0]?.target} rests.` : `${resting.length} targets rest.`}
      </State>{' '}
      {calls}
    </p>
  )
}
