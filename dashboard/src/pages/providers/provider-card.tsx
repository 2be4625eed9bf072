import { useId, type ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { Duration } from '../../parts/measure.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { age, count, counted, durationText } from '../../words/numbers.ts'
import { Limits } from './limits.tsx'
import type { Load } from './use-loads.ts'

const COLUMNS: readonly Column<Load>[] = [
  { head: 'Target', cell: ({ target }) => target, sortBy: ({ target }) => target },
  {
    head: 'State',
    className: 'nowrap',
    cell: (load) => <Health load={load} isIdle={isIdle(load)} />,
  },
  {
    head: 'Under way',
    num: true,
    cell: ({ in_flight: calls }) => (calls === 0 ? <span className="soft">0</span> : count(calls)),
    sortBy: ({ in_flight: calls }) => calls,
  },
  {
    head: 'Faults',
    num: true,
    cell: (load) => (isIdle(load) ? <None /> : `${(100 * load.error_share).toFixed(1)} %`),
    sortBy: ({ error_share: share }) => share,
  },
  {
    head: 'First token',
    num: true,
    cell: ({ first_token_ms: ms }) => (ms === undefined ? <None /> : <Duration ms={ms} />),
    sortBy: ({ first_token_ms: ms }) => ms,
  },
  {
    head: 'Per token',
    num: true,
    cell: ({ per_token_ms: ms }) => (ms === undefined ? <None /> : <Duration ms={ms} />),
    sortBy: ({ per_token_ms: ms }) => ms,
  },
  { head: 'Limits', cell: (load) => <Limits load={load} /> },
]

function isIdle({ quiet_ms: quietMs, in_flight: calls }: Load): boolean {
  return quietMs === undefined && calls === 0
}

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
        <Table label={`Targets of ${name}`} columns={COLUMNS} rows={loads} keyOf={({ target }) => target} />
      )}
    </section>
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
      <Table
        label="Targets"
        columns={COLUMNS}
        rows={undefined}
        keyOf={({ target }) => target}
        skeletons={5}
      />
    </section>
  )
}
