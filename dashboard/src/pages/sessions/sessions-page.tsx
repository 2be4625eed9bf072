import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetSessions } from '../../api/answers.ts'
import { useFresh } from '../../app/use-live.ts'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { count, counted, durationText } from '../../words/numbers.ts'
import { Spent } from './spent.tsx'
import { useSessions, type SessionLine } from './use-sessions.ts'

const FRESH_MS = 5_000
const MINUTE_MS = 60_000
const MOST_TARGETS = 2

/** What did each run of an agent, conversation or user do, and what did it cost? */
export function SessionsPage(): ReactNode {
  const sessions = useSessions()
  const navigate = useNavigate()
  const columns = useColumns()
  useFresh('sessions', FRESH_MS)
  const { data, error } = sessions
  return (
    <main id="main">
      <PageHead
        title="Sessions"
        answer={data === undefined ? 'Reading the sessions.' : <Answer sessions={data} />}
      />
      <section className="card" aria-label="Sessions">
        <Table
          label="Sessions"
          columns={columns}
          rows={data?.data}
          keyOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: '/sessions/$id', params: { id } })}
          empty={
            <Empty title="No session in this time">
              <p>
                Requests belong to a session when their client names one in the header{' '}
                <code>x-gatehouse-session</code>. What a run did and cost stands here then.
              </p>
            </Empty>
          }
          error={
            error === null
              ? undefined
              : { error, what: 'The sessions could not be read.', retry: () => void sessions.refetch() }
          }
          {...(data?.has_more === true
            ? { partial: `The ${count(data.data.length)} that asked last are shown.` }
            : {})}
        />
      </section>
    </main>
  )
}

function Answer({ sessions: { data, looked_at: lookedAt } }: { readonly sessions: GetSessions }): ReactNode {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  const failing = data.filter(({ failed }) => failed > 0).length
  const requests = data.reduce((sum, one) => sum + one.requests, 0)
  return (
    <>
      <p>
        {data.length === 0
          ? 'No request of this time named a session.'
          : `${counted(data.length, 'session')} made ${counted(requests, 'request')}; ${
              failing === 0 ? 'none failed.' : `${counted(failing, 'session')} had failures.`
            }`}
      </p>
      {lookedAt === undefined ? null : (
        <p className="soft">
          The newest {counted(lookedAt.requests, 'request')} were looked at, back to{' '}
          {times.moment(lookedAt.back_to, now)}; what is older is not counted.
        </p>
      )}
    </>
  )
}

function useColumns(): readonly Column<SessionLine>[] {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  return [
    {
      head: 'Session',
      className: 'session',
      cell: ({ id }) => (
        <Link to="/sessions/$id" params={{ id }} className="strong" title={id}>
          <bdi>{id}</bdi>
        </Link>
      ),
      sortBy: ({ id }) => id,
    },
    {
      head: 'Last',
      className: 'nowrap soft phone-hide',
      cell: ({ last_at: at }) => <span title={times.exact(at)}>{times.moment(at, now)}</span>,
      sortBy: ({ last_at: at }) => at,
    },
    {
      head: 'Requests',
      num: true,
      cell: ({ requests }) => count(requests),
      sortBy: ({ requests }) => requests,
    },
    {
      head: 'Failed',
      num: true,
      cell: ({ failed }) =>
        failed === 0 ? <span className="soft">0</span> : <span className="bad">{count(failed)}</span>,
      sortBy: ({ failed }) => failed,
    },
    {
      head: 'Cost',
      num: true,
      className: 'nowrap',
      cell: (session) => <Spent of={session} />,
      sortBy: ({ cost }) => Number(cost.nano_usd),
    },
    { head: 'Models', className: 'phone-hide', cell: (session) => <Targets session={session} /> },
    {
      head: 'Lasted',
      num: true,
      className: 'phone-hide nowrap',
      cell: (session) =>
        session.requests === 1 ? <span className="soft">–</span> : durationText(lastedMs(session)),
      sortBy: lastedMs,
    },
  ]
}

function lastedMs({ first_at: first, last_at: last }: SessionLine): number {
  return Date.parse(last) - Date.parse(first)
}

function Targets({
  session: { targets, more_targets: others },
}: {
  readonly session: SessionLine
}): ReactNode {
  const more = Math.max(0, targets.length - MOST_TARGETS) + others
  return (
    <span className="chips">
      {targets.slice(0, MOST_TARGETS).map((target) => (
        <Who key={target} name={target} />
      ))}
      {more > 0 ? <span className="soft">and {count(more)} more</span> : null}
      {targets.length === 0 ? <span className="soft">nobody</span> : null}
    </span>
  )
}
