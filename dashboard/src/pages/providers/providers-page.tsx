import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Empty, Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { State } from '../../parts/state.tsx'
import { counted } from '../../words/numbers.ts'
import { useStatus } from '../overview/use-status.ts'
import { Matrix } from './matrix.tsx'
import { OutageCard } from './outage-card.tsx'
import { pastOf } from './past.ts'
import { useLoads, usePast, type Load } from './use-loads.ts'

/** Who is healthy, near a limit, slow, and what if one goes down? */
export function ProvidersPage(): ReactNode {
  const { provider } = useSearch({ from: '/providers' })
  const navigate = useNavigate({ from: '/providers' })
  const [status, loads, past] = [useStatus(), useLoads(), usePast()]
  const rows = loads.data?.data
  const pasts = past.data === undefined ? undefined : pastOf(past.data)
  const names = status.data?.providers.map(({ name }) => name)
  return (
    <main id="main">
      <PageHead
        title="Providers"
        answer={rows === undefined ? 'Asking the gateway.' : <Answer loads={rows} />}
      />
      {[loads, status, past].map(({ error, refetch }, place) =>
        error === null ? null : (
          <Failed
            key={place}
            error={error}
            what="The state could not be read."
            retry={() => void refetch()}
          />
        ),
      )}
      {loads.data?.has_more === true ? (
        <Notice tone="info">
          More targets than {loads.data.data.length} are in the plan: those that rest and the busiest are
          shown.
        </Notice>
      ) : null}
      {names?.length === 0 ? (
        <section className="card">
          <Empty title="No provider">
            <p>
              Name one under providers in the configuration, or set its key in the environment and start
              again.
            </p>
          </Empty>
        </section>
      ) : (
        <>
          <Matrix lines={rows?.map((load) => ({ load, past: pasts?.get(load.target) }))} />
          {names === undefined ? null : (
            <OutageCard
              providers={names}
              provider={names.find((name) => name === provider) ?? names[0]}
              onChoose={(name) =>
                void navigate({
                  search: (before) => ({ ...before, provider: name }),
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          )}
        </>
      )}
    </main>
  )
}

const NEAR = 0.2

function Answer({ loads }: { readonly loads: readonly Load[] }): ReactNode {
  const resting = loads.filter(({ state }) => state === 'resting')
  const near = loads.filter(({ headroom }) => headroom !== undefined && headroom < NEAR)
  const underWay = loads.reduce((sum, { in_flight: calls }) => sum + calls, 0)
  const rest = [
    near.length === 0 ? '' : `${namesOf(near)} near a limit.`,
    underWay === 0 ? 'No call is under way.' : `${counted(underWay, 'call')} under way.`,
  ]
  return (
    <p className="row">
      {resting.length === 0 ? (
        <State tone="good">Nothing rests.</State>
      ) : (
        <State tone="warn">
          {namesOf(resting)} {resting.length === 1 ? 'rests' : 'rest'}.
        </State>
      )}
      <span>{rest.join(' ')}</span>
    </p>
  )
}

function namesOf(loads: readonly Load[]): string {
  return loads.length > 2 ? `${loads.length} targets` : loads.map(({ target }) => target).join(' and ')
}
