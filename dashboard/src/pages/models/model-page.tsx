import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { Icon } from '../../parts/icon.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Tile } from '../../parts/tile.tsx'
import { Who } from '../../parts/who.tsx'
import { total } from '../../words/money.ts'
import { count, counted, duration } from '../../words/numbers.ts'
import { restReason, restText } from '../../words/rests.ts'
import { termOf } from '../requests/filters.ts'
import { FactsCard } from './facts-card.tsx'
import { NamesCard } from './names-card.tsx'
import { PriceCard } from './price-card.tsx'
import { useModel, type ModelLine } from './use-models.ts'

const FRESH_MS = 10_000
/** A share of fewer calls says nothing. */
const FEW = 20

/** What can this model do, what does it cost, and how does it do? */
export function ModelPage(): ReactNode {
  const { name } = useParams({ from: '/models/$name' })
  const { data: model, error, refetch } = useModel(name)
  useFresh('models', FRESH_MS)
  return (
    <main id="main">
      <PageHead
        title={name}
        answer={
          model === undefined ? error === null ? 'Reading the model.' : undefined : <Answer model={model} />
        }
      >
        <div className="row">
          <Link to="/requests" search={{ q: termOf('target', name) }} className="btn">
            Its requests
          </Link>
          <Link to="/playground" search={{ model: name }} className="btn primary">
            <Icon name="playground" />
            Try it
          </Link>
        </div>
      </PageHead>
      {error === null ? null : (
        <Failed error={error} what="The model could not be read." retry={() => void refetch()} />
      )}
      {model === undefined ? null : (
        <>
          <Warnings model={model} />
          <Lately model={model} />
          <div className="grid">
            <PriceCard model={model} />
            <div className="c5 stack-cards">
              <FactsCard model={model} />
              <NamesCard model={model} />
            </div>
          </div>
        </>
      )}
      <p className="small soft">
        <Link to="/models">All models</Link>
      </p>
    </main>
  )
}

function Answer({ model }: { readonly model: ModelLine }): ReactNode {
  const { provider, price, named, names, simulated } = model
  const led =
    names.length > 0
      ? `${counted(names.length, 'name')} ${names.length === 1 ? 'leads' : 'lead'} to it.`
      : named
        ? 'It is asked for by its own name.'
        : 'No route names it; it can be asked for by its own name.'
  return (
    <p className="row">
      <Who name={model.name}>
        At {provider}
        {simulated ? ', a simulation' : ''}.
      </Who>
      <span>{led}</span>
      {price === null ? (
        <span>
          It is <span className="unpriced">unpriced</span>: what it costs is not known.
        </span>
      ) : null}
    </p>
  )
}

function Warnings({ model }: { readonly model: ModelLine }): ReactNode {
  const { rests, retires_on: ends, retires_at_earliest: atEarliest, successor, provider } = model
  const [rest] = rests
  return (
    <>
      {rest === undefined ? null : (
        <Notice tone="warn">
          It rests; {restText(rest)}. {restReason(rest)}
        </Notice>
      )}
      {ends === undefined || atEarliest === true ? null : (
        <Notice tone="warn">
          Its provider retires it on {ends}.
          {successor === undefined ? null : (
            <>
              {' '}
              It recommends{' '}
              <Link to="/models/$name" params={{ name: `${provider}/${successor}` }}>
                {provider}/{successor}
              </Link>
              .
            </>
          )}
        </Notice>
      )}
    </>
  )
}

function Lately({ model: { lately } }: { readonly model: ModelLine }): ReactNode {
  const { requests, calls, failed, duration_p50_ms: p50, duration_p95_ms: p95 } = lately
  const isInvented = lately.cost.nano_usd === '0' && lately.simulated.nano_usd !== '0'
  const share = calls < FEW ? undefined : ((100 * failed) / calls).toFixed(2)
  return (
    <section className="tiles five" aria-label="Seven days">
      <Tile label="Requests, 7 days" figure={count(requests)} note={counted(calls, 'call')} />
      <Tile
        label="Failed"
        figure={share ?? count(failed)}
        unit={share === undefined ? undefined : '%'}
        note={`${count(failed)} of ${counted(calls, 'call')}`}
      />
      <Timed label="Half within" ms={p50} />
      <Timed label="95 % within" ms={p95} />
      <Tile
        label={isInvented ? 'Simulated cost' : 'Cost'}
        figure={`${lately.estimated && !isInvented ? '≈ ' : ''}${total(isInvented ? lately.simulated : lately.cost)}`}
        note={isInvented ? 'invented money' : 'seven days'}
      />
    </section>
  )
}

function Timed({ label, ms }: { readonly label: string; readonly ms: number | undefined }): ReactNode {
  const measured = ms === undefined ? undefined : duration(ms)
  return (
    <Tile
      label={label}
      figure={measured?.value ?? '–'}
      unit={measured?.unit}
      note={ms === undefined ? 'nobody asked' : 'whole requests'}
    />
  )
}
