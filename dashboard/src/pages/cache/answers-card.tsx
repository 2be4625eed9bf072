import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { amount } from '../../words/money.ts'
import { age, count } from '../../words/numbers.ts'
import { sizeText } from '../../words/sizes.ts'
import type { TimeWords } from '../../words/times.ts'
import type { CachedAnswer, Purge } from './use-cache.ts'

const SHORT_KEY = 10
const MINUTE_MS = 60_000

/** Answers that lie there, without what they say. */
export function AnswersCard({
  answers,
  entries,
  onPurge,
}: {
  readonly answers: readonly CachedAnswer[] | undefined
  readonly entries: number
  readonly onPurge: (purge: Purge) => void
}): ReactNode {
  const times = useTimes()
  const nowMs = useNow(MINUTE_MS)
  return (
    <section className="card" aria-labelledby="h-cache-answers">
      <header>
        <h2 id="h-cache-answers">Answers that are kept</h2>
        {entries === 0 ? null : (
          <button type="button" className="btn s" onClick={() => onPurge({ all: true })}>
            Remove all
          </button>
        )}
      </header>
      <Table
        label="Answers that are kept"
        columns={columnsOf({ times, nowMs, onPurge })}
        rows={answers}
        keyOf={({ key }) => key}
        skeletons={3}
        empty={
          <Empty title="No answer is kept">
            <p>The next one that a route with a cache gives is.</p>
          </Empty>
        }
        partial={
          answers === undefined || answers.length >= entries
            ? undefined
            : `The ${count(answers.length)} that were found most often, of ${count(entries)}.`
        }
      />
    </section>
  )
}

function columnsOf({
  times,
  nowMs,
  onPurge,
}: {
  readonly times: TimeWords
  readonly nowMs: number
  readonly onPurge: (purge: Purge) => void
}): readonly Column<CachedAnswer>[] {
  return [
    {
      head: 'Question',
      cell: ({ key, request_id: id }) => {
        const short = <code title={key}>{key.slice(0, SHORT_KEY)}</code>
        if (id === undefined) return short
        return (
          <Link to="/requests/$id" params={{ id }} title="The request that was given it first">
            {short}
          </Link>
        )
      },
    },
    { head: 'Route', cell: ({ route, model }) => <Two first={route} second={model} /> },
    { head: 'For', cell: ({ owner }) => owner },
    { head: 'Tags', cell: ({ tags }) => tags.join(', ') },
    {
      head: 'Age',
      num: true,
      cell: ({ at }) => <span title={times.exact(at)}>{age(nowMs - Date.parse(at))}</span>,
      sortBy: ({ at }) => -Date.parse(at),
    },
    { head: 'Found', num: true, cell: ({ hits }) => count(hits), sortBy: ({ hits }) => hits },
    {
      head: 'Had cost',
      num: true,
      cell: ({ cost }) => amount(cost),
      sortBy: ({ cost }) => Number(cost.nano_usd),
    },
    { head: 'Takes', num: true, cell: ({ bytes }) => sizeText(bytes), sortBy: ({ bytes }) => bytes },
    {
      head: 'Remove',
      isHeadHidden: true,
      cell: ({ key }) => (
        <button
          type="button"
          className="btn s"
          aria-label={`Remove the answer to ${key.slice(0, SHORT_KEY)}`}
          onClick={() => onPurge({ key })}
        >
          Remove
        </button>
      ),
    },
  ]
}

function Two({ first, second }: { readonly first: string; readonly second: string | undefined }): ReactNode {
  return (
    <>
      {first}
      {second === undefined ? null : <span className="sub">{second}</span>}
    </>
  )
}
