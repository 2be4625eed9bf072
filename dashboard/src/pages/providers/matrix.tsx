import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { Duration } from '../../parts/measure.tsx'
import { Empty } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { age, count, counted } from '../../words/numbers.ts'
import { restReason, restText } from '../../words/rests.ts'
import { termOf } from '../requests/filters.ts'
import { Limits } from './limits.tsx'
import type { Past } from './past.ts'
import type { Load } from './use-loads.ts'

/** A target: how it does now, and how it did. */
export interface Line {
  readonly load: Load
  readonly past: Past | undefined
}

/** Of fewer calls no share is told. */
const LEAST = 20
const MANY = 0.2

const COLUMNS: readonly Column<Line>[] = [
  {
    head: 'Target',
    cell: ({ load: { target } }) => <Who name={target} />,
    sortBy: ({ load: { target } }) => target,
  },
  { head: 'State', className: 'nowrap', cell: ({ load }) => <Health load={load} /> },
  { head: 'Over the time', cell: ({ past }) => <Heat past={past} /> },
  {
    head: 'Success',
    num: true,
    cell: ({ past }) => <Success past={past} />,
    sortBy: ({ past }) => (past === undefined || past.calls === 0 ? undefined : 1 - past.failed / past.calls),
  },
  {
    head: 'Failed',
    num: true,
    cell: ({ load: { target }, past }) =>
      past === undefined || past.failed === 0 ? (
        <span className="soft">0</span>
      ) : (
        <Link to="/requests" search={{ q: `${termOf('tried', target)} attempts:>1` }}>
          {count(past.failed)}
        </Link>
      ),
    sortBy: ({ past }) => past?.failed,
  },
  {
    head: 'First token p95, worst',
    num: true,
    cell: ({ past }) => (past?.firstTokenMs === undefined ? <None /> : <Duration ms={past.firstTokenMs} />),
    sortBy: ({ past }) => past?.firstTokenMs,
  },
  { head: 'Limits', cell: ({ load }) => <Limits load={load} /> },
  {
    head: 'Under way',
    num: true,
    cell: ({ load: { in_flight: calls } }) => (calls === 0 ? <span className="soft">0</span> : count(calls)),
    sortBy: ({ load: { in_flight: calls } }) => calls,
  },
]

/** Every target that a route names, as real traffic has shown it. Nobody is asked for it. */
export function Matrix({ lines }: { readonly lines: readonly Line[] | undefined }): ReactNode {
  const [isWhole, setIsWhole] = useState(false)
  const asked = lines?.filter(wasAsked)
  const quiet = (lines?.length ?? 0) - (asked?.length ?? 0)
  const isShort = !isWhole && quiet > 0 && asked !== undefined && asked.length > 0
  return (
    <section className="card" aria-labelledby="h-matrix">
      <header>
        <h2 id="h-matrix">Health from real traffic</h2>
        <span className="legend" aria-hidden="true">
          <span className="who heat-key">fine</span>
          <span className="who heat-key w">some failures</span>
          <span className="who heat-key b">many</span>
          <span className="who heat-key n">no traffic</span>
        </span>
      </header>
      <Table
        label="Targets"
        columns={COLUMNS}
        rows={isShort ? asked : lines}
        keyOf={({ load }) => load.target}
        empty={
          <Empty title="No route names a target">
            <p>Name some under routes in the configuration.</p>
          </Empty>
        }
        partial={
          <span className="row">
            No probe is sent: a time without traffic is empty, not healthy. What rests is left out of routes
            until its time is over; then it is half-open: one call tries it, and all may go again where that
            is answered. State, limits and calls under way are of this moment.
            {isShort ? (
              <button type="button" className="btn s push" onClick={() => setIsWhole(true)}>
                Show {counted(quiet, 'target')} that nobody asked
              </button>
            ) : null}
          </span>
        }
      />
    </section>
  )
}

/** Is there anything to tell of it? */
function wasAsked({ load: { rests, quiet_ms: quietMs, in_flight: calls }, past }: Line): boolean {
  return rests.length > 0 || quietMs !== undefined || calls > 0 || (past?.calls ?? 0) > 0
}

/** What is not known. */
function None(): ReactNode {
  return <span className="soft">–</span>
}

function Success({ past }: { readonly past: Past | undefined }): ReactNode {
  if (past === undefined || past.calls === 0) return <None />
  if (past.calls < LEAST) return `${past.calls - past.failed} of ${past.calls}`
  return `${(100 * (1 - past.failed / past.calls)).toFixed(1)} %`
}

function Heat({ past }: { readonly past: Past | undefined }): ReactNode {
  const heat = past?.heat ?? []
  const bad = heat.filter((share) => (share ?? 0) > 0).length
  return (
    <>
      <span className="heat" aria-hidden="true">
        {heat.map((share, index) => (
          <i key={index} className={share === null ? 'n' : share >= MANY ? 'b' : share > 0 ? 'w' : ''} />
        ))}
      </span>
      <span className="vh">
        {past === undefined || past.calls === 0
          ? 'no traffic'
          : `failures in ${bad} of ${heat.length} intervals`}
      </span>
    </>
  )
}

function Health({
  load: { rests, quiet_ms: quietMs, in_flight: calls },
}: {
  readonly load: Load
}): ReactNode {
  const [first] = rests
  if (first === undefined)
    return quietMs === undefined && calls === 0 ? (
      <span className="soft">not asked yet</span>
    ) : (
      <>
        <State tone="good">well</State>
        {quietMs === undefined ? null : <span className="sub">answered {age(quietMs)} ago</span>}
      </>
    )
  return (
    <>
      <span title={restReason(first)}>
        <State tone="warn">{first.kind}</State>
      </span>
      <span className="sub">
        {restText(first)}
        {rests.length === 1 ? '' : `, and ${rests.length - 1} more`}
      </span>
    </>
  )
}
