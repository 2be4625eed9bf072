import { useId, type ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { Duration } from '../../parts/measure.tsx'
import { SkeletonRows } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { age, count, counted, durationText } from '../../words/numbers.ts'
import { Limits } from './limits.tsx'
import type { Load } from './use-loads.ts'

const COLUMNS = ['State', 'Under way', 'Faults', 'First token', 'Per token', 'Limits'] as const

export interface ProviderCardProps {
  readonly provider: GetStatusz['providers'][number]
  readonly loads: readonly Load[]
}

/** A provider and how each of its targets does, as this gateway has seen it. */
export function ProviderCard({ provider: { name, from, state }, loads }: ProviderCardProps): ReactNode {
  const id = useId()
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>
          {name} <span className="soft small">{from}</span>
        </h2>
        <span className="soft small">{counted(loads.length, 'target')} in the plan</span>
        <span className="small">
          <State tone={state === 'ready' ? 'good' : 'warn'}>
            {state === 'ready' ? 'ready' : 'something rests'}
          </State>
        </span>
      </header>
      {loads.length === 0 ? (
        <p className="body soft small">No route names a target of it.</p>
      ) : (
        <Wide label={`Targets of ${name}`}>
          <table>
            <Head />
            <tbody>
              {loads.map((load) => (
                <Row key={load.target} load={load} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}

function Head(): ReactNode {
  return (
    <thead>
      <tr>
        <th scope="col">Target</th>
        {COLUMNS.map((name) => (
          <th key={name} scope="col" className={name === 'State' || name === 'Limits' ? '' : 'num'}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  )
}

function Row({ load }: { readonly load: Load }): ReactNode {
  const isIdle = load.quiet_ms === undefined && load.in_flight === 0
  return (
    <tr>
      <td>{load.target}</td>
      <td className="nowrap">
        <Health load={load} isIdle={isIdle} />
      </td>
      <td className="num">
        {load.in_flight === 0 ? <span className="soft">0</span> : count(load.in_flight)}
      </td>
      <td className="num">{isIdle ? <None /> : `${(100 * load.error_share).toFixed(1)} %`}</td>
      <td className="num">
        {load.first_token_ms === undefined ? <None /> : <Duration ms={load.first_token_ms} />}
      </td>
      <td className="num">
        {load.per_token_ms === undefined ? <None /> : <Duration ms={load.per_token_ms} />}
      </td>
      <td>
        <Limits load={load} />
      </td>
    </tr>
  )
}

/** What is not known. */
function None(): ReactNode {
  return <span className="soft">–</span>
}

function Health({
  load: { rests, quiet_ms: quietMs },
  isIdle,
}: {
  readonly load: Load
  readonly isIdle: boolean
}): ReactNode {
  const [first] = rests
  if (first === undefined)
    return isIdle ? (
      <span className="soft">not asked yet</span>
    ) : (
      <>
        <State tone="good">well</State>
        {quietMs === undefined ? null : <span className="sub">answered {age(quietMs)} ago</span>}
      </>
    )
  const whose = [first.credential, first.caller === undefined ? undefined : `for ${first.caller} alone`]
  return (
    <>
      <State tone="warn">{first.kind}</State>
      <span className="sub">
        {[...whose.filter((one) => one !== undefined), restText(first.rests_ms)].join(', ')}
        {rests.length === 1 ? '' : `, and ${rests.length - 1} more`}
      </span>
    </>
  )
}

function restText(ms: number): string {
  return ms > 0 ? `tried again in ${durationText(ms)}` : 'the next call tries it'
}

/** While nothing is known yet. */
export function WaitingCard(): ReactNode {
  return (
    <section className="card" aria-hidden="true">
      <header>
        <span className="sk" style={{ '--w': '120px' }} />
      </header>
      <table>
        <Head />
        <tbody>
          <SkeletonRows rows={5} columns={COLUMNS.length + 1} />
        </tbody>
      </table>
    </section>
  )
}
