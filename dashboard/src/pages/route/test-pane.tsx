import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode } from 'react'
import { Failed } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { count, counted, durationText } from '../../words/numbers.ts'
import type { Checked } from './use-route.ts'

type WhatIf = NonNullable<Checked['what_if']>

const LASTS = [100, 1_000, 10_000] as const

export interface TestPaneProps {
  readonly last: number
  readonly onLast: (last: number) => void
  /** Absent: nothing was asked yet, or it cannot be told. */
  readonly found: WhatIf | undefined
  readonly isAsking: boolean
  readonly isDraft: boolean
  readonly error: unknown
}

/** What the draft would have made of the newest requests. */
export function TestPane({ last, onLast, found, isAsking, isDraft, error }: TestPaneProps): ReactNode {
  return (
    <section className="card" aria-labelledby="h-test" aria-busy={isAsking}>
      <header className="ruled">
        <h2 id="h-test">Test on past requests</h2>
        <div className="seg" role="group" aria-label="How many requests">
          {LASTS.map((many) => (
            <button key={many} type="button" aria-pressed={many === last} onClick={() => onLast(many)}>
              {count(many)}
            </button>
          ))}
        </div>
      </header>
      {error === null || error === undefined ? null : (
        <div className="body first">
          <Failed error={error} what="The draft could not be compared." />
        </div>
      )}
      {found === undefined ? (
        <p className="body first soft">
          {isDraft
            ? isAsking
              ? 'Deciding the newest requests again.'
              : 'A draft without mistakes is compared here with what was.'
            : 'Change something: what it would have made of the newest requests is told here. Nothing is sent.'}
        </p>
      ) : (
        <Found found={found} />
      )}
      <footer>Decided again with the facts of each request’s own moment. Nothing is sent.</footer>
    </section>
  )
}

function Found({ found }: { readonly found: WhatIf }): ReactNode {
  const { requests, moves } = found
  if (requests === 0)
    return <p className="body first soft">There is no request in the log to compare with.</p>
  return (
    <>
      {moves.length === 0 ? null : (
        <Table
          label="Requests that would move"
          columns={MOVES}
          rows={moves}
          keyOf={({ from, to }) => `${from} ${to}`}
        />
      )}
      <Sums found={found} />
    </>
  )
}

function Sums({ found }: { readonly found: WhatIf }): ReactNode {
  const { requests, moved, cost, simulated_cost: simulated, unknown } = found
  const told: readonly (readonly [string, ReactNode])[] = [
    ['Would move', <b className="strong">{`${count(moved)} of ${counted(requests, 'request')}`}</b>],
    ['Cost of them all', <Difference cost={cost} />],
    ...(simulated === undefined ? [] : [['Simulated', <Difference cost={simulated} />] as const]),
    [
      'Nobody left to ask',
      <Kinds kinds={found.newly_unroutable.map((one) => ({ ...one, says: one.message }))} />,
    ],
    ['Rules broken', <Kinds kinds={found.constraints_broken.map((one) => ({ ...one, says: one.wants }))} />],
    ...(unknown.length === 0
      ? []
      : [['Cannot be told', <Kinds kinds={unknown.map((one) => ({ ...one, says: one.what }))} />] as const]),
  ]
  return (
    <div className="body first">
      <dl className="facts">
        {told.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  )
}

const MOVES: readonly Column<WhatIf['moves'][number]>[] = [
  {
    head: 'From',
    cell: ({ from, example }) => (
      <Link to="/requests/$id" params={{ id: example }} title="One of them">
        <Who name={from} />
      </Link>
    ),
  },
  { head: 'To', cell: ({ to }) => <Who name={to} /> },
  { head: 'Requests', num: true, cell: ({ requests }) => count(requests) },
  {
    head: 'First token',
    num: true,
    cell: ({ first_event_ms_recorded: before, first_event_ms_expected: after }) =>
      before === undefined || after === undefined ? (
        <span className="soft">–</span>
      ) : (
        `${durationText(before)} → ${durationText(after)}`
      ),
  },
]

function Difference({
  cost,
}: {
  readonly cost: Pick<WhatIf['cost'], 'recorded_usd' | 'expected_usd' | 'difference_percent'>
}): ReactNode {
  const { recorded_usd: before, expected_usd: after, difference_percent: percent } = cost
  if (Number(before) === 0 && Number(after) === 0) return <span className="soft">$0</span>
  return (
    <>
      ${short(before)} → ≈ ${short(after)}{' '}
      {percent === undefined || percent === 0 ? null : (
        <span className={percent < 0 ? 'good' : 'warn'}>
          {percent < 0 ? '−' : '+'}
          {Math.abs(percent).toFixed(1)} %
        </span>
      )}
    </>
  )
}

/** Cents, and more digits where there are none. */
function short(usd: string): string {
  const amount = Number(usd)
  return amount !== 0 && Math.abs(amount) < 1 ? String(Number(amount.toPrecision(3))) : amount.toFixed(2)
}

interface Kind {
  readonly requests: number
  readonly example: string
  readonly says: string
}

function Kinds({ kinds }: { readonly kinds: readonly Kind[] }): ReactNode {
  if (kinds.length === 0) return <span className="soft">0</span>
  return (
    <ul>
      {kinds.map(({ requests, example, says }) => (
        <li key={says}>
          <Link to="/requests/$id" params={{ id: example }} className="warn">
            {counted(requests, 'request')}
          </Link>
          <span className="sub">{says}</span>
        </li>
      ))}
    </ul>
  )
}
