import { Link, useNavigate, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetSessionsId } from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { useFresh } from '../../app/use-live.ts'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Cost } from '../../parts/cost.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { sumOf } from '../../words/money.ts'
import { count, counted, durationText } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { Outcome } from '../requests/outcome.tsx'
import { Spent } from './spent.tsx'
import { useSession } from './use-sessions.ts'

type Line = GetSessionsId['request_rows'][number]

const FRESH_MS = 5_000
const MINUTE_MS = 60_000

/** What one session did, in its order, and what it cost until then. */
export function SessionPage(): ReactNode {
  const { id } = useParams({ from: '/sessions/$id' })
  const { data, error, refetch } = useSession(id)
  useFresh('sessions', FRESH_MS)
  return (
    <main id="main">
      <div className="head">
        <div>
          <div className="crumb">
            <Link to="/sessions">Sessions</Link>
            <Icon name="right" small />
            <span>session</span>
          </div>
          <h1 className="row id">
            <bdi className="mono session">{id}</bdi>
            <CopyButton text={id} label="Copy the session" />
          </h1>
          {data === undefined ? null : (
            <div className="answer">
              <Answer session={data} />
            </div>
          )}
        </div>
        <Link className="btn s" to="/requests" search={{ q: termOf('session', id) }}>
          In the request log
        </Link>
      </div>
      {error === null ? <Requests session={data} /> : <Missing error={error} retry={() => void refetch()} />}
    </main>
  )
}

function Answer({ session }: { readonly session: GetSessionsId }): ReactNode {
  const times = useTimes()
  const { requests, failed, looked_at: lookedAt, first_at: first, last_at: last } = session
  return (
    <>
      <p>
        {counted(requests, 'request')}
        {requests === 1 ? null : ` in ${durationText(Date.parse(last) - Date.parse(first))}`} cost{' '}
        <Spent of={session} digits="all" /> so far;{' '}
        {failed === 0 ? 'none failed.' : `${count(failed)} failed.`}
      </p>
      {lookedAt === undefined ? null : (
        <p className="soft">
          {counted(lookedAt.requests, 'request')} of the log were looked at, back to{' '}
          {times.exact(lookedAt.back_to)}; what is older is not counted.
        </p>
      )}
    </>
  )
}

function Requests({ session }: { readonly session: GetSessionsId | undefined }): ReactNode {
  const columns = useColumns(session?.request_rows ?? [])
  const navigate = useNavigate()
  return (
    <section className="card" aria-label="Requests of the session">
      <Table
        label="Requests of the session"
        columns={columns}
        rows={session?.request_rows}
        keyOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/requests/$id', params: { id } })}
      />
    </section>
  )
}

function useColumns(rows: readonly Line[]): readonly Column<Line>[] {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  const soFar = addUp(rows)
  return [
    { head: 'Nr.', num: true, className: 'soft phone-hide', cell: (_, place) => count(place + 1) },
    {
      head: 'Time',
      className: 'nowrap soft',
      cell: ({ at }) => <span title={times.exact(at)}>{times.moment(at, now)}</span>,
    },
    { head: 'Status', cell: ({ outcome, status }) => <Outcome outcome={outcome} status={status} /> },
    {
      head: 'Asked for',
      className: 'session',
      cell: ({ id, route, requested_model: model }) => (
        <Link to="/requests/$id" params={{ id }} title={`Asked for ${model}`}>
          <bdi>{route ?? model}</bdi>
        </Link>
      ),
    },
    {
      head: 'Answered by',
      className: 'phone-hide',
      cell: ({ target }) =>
        target === undefined ? <span className="soft">nobody</span> : <Who name={target} />,
    },
    {
      head: 'Tokens',
      num: true,
      className: 'phone-hide nowrap',
      cell: (row) => (
        <>
          {count(row.input_tokens)} <span className="soft">→</span> {count(row.output_tokens)}
        </>
      ),
    },
    {
      head: 'Duration',
      num: true,
      className: 'phone-hide',
      cell: (row) => <Duration ms={row.duration_ms} />,
    },
    { head: 'Cost', num: true, className: 'nowrap', cell: (row) => <Cost {...row} /> },
    {
      head: 'So far',
      num: true,
      className: 'nowrap phone-hide',
      cell: ({ id }) => {
        const sums = soFar.get(id)
        return sums === undefined ? null : <Spent of={sums} />
      },
    },
  ]
}

const NOTHING = { usd: '0', nano_usd: '0' }

/** What the session had cost when each request was over: real and invented money each for itself. */
function addUp(rows: readonly Line[]): ReadonlyMap<string, Parameters<typeof Spent>[0]['of']> {
  let sums = { cost: NOTHING, simulated: NOTHING, estimated: false, unpriced: 0 }
  return new Map(
    rows.map((row) => {
      const { cost, simulated, estimated } = row
      if (cost !== 'unpriced') {
        const kind = simulated ? 'simulated' : 'cost'
        sums = { ...sums, [kind]: sumOf([sums[kind], cost]) }
      } else if (row.input_tokens + row.output_tokens > 0) sums = { ...sums, unpriced: sums.unpriced + 1 }
      sums = { ...sums, estimated: sums.estimated || estimated }
      return [row.id, sums] as const
    }),
  )
}

function Missing({ error, retry }: { readonly error: unknown; readonly retry: () => void }): ReactNode {
  if (asProblem(error).facts.status !== 404)
    return <Failed error={error} what="The session could not be read." retry={retry} />
  return (
    <section className="card">
      <Empty title="No request in the log names this session">
        <p>It may be older than the log is kept, or a second young: lines are written in batches.</p>
        <p>
          <button type="button" className="btn" onClick={retry}>
            Look again
          </button>
        </p>
      </Empty>
    </section>
  )
}
