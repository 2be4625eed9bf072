import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { answeredText } from '../../words/answered.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Failed } from '../../parts/notices.tsx'
import { Who } from '../../parts/who.tsx'
import { count } from '../../words/numbers.ts'
import { isObject } from '../../words/reading.ts'
import { candidatesOf, type Candidate } from '../request/candidates.ts'
import { howItEnded } from '../request/facts-bar.tsx'
import { Receipt } from '../request/receipt.tsx'
import { isServing, wasAnswered, WhatHappened } from '../request/what-happened.tsx'
import { Outcome } from './outcome.tsx'
import { useRequest } from './use-requests.ts'

/** The request beside the list. It holds no focus: the list goes on under the keys. */
export function Peek({
  id,
  q,
  onClose,
}: {
  readonly id: string
  /** The query of the list. */
  readonly q: string | undefined
  readonly onClose: () => void
}): ReactNode {
  const search = q === undefined ? {} : { q }
  const { data, error } = useRequest(id)
  return (
    <aside className="peek" aria-label={`Request ${id}`}>
      <header>
        <span className="mono small">{id}</span>
        <CopyButton text={id} label="Copy the id" />
        <span className="push" />
        <Link
          className="btn quiet only s"
          to="/requests/$id"
          params={{ id }}
          search={search}
          aria-label="Open its page"
        >
          <Icon name="open" />
        </Link>
        <button type="button" className="btn quiet only s" aria-label="Close" onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      {data === undefined ? <Waiting error={error} /> : <Inside request={data} search={search} />}
    </aside>
  )
}

function Waiting({ error }: { readonly error: unknown }): ReactNode {
  if (error !== null && error !== undefined)
    return (
      <section>
        <Failed error={error} what="It could not be read." />
      </section>
    )
  return [120, 160, 90].map((height) => (
    <section key={height} style={{ height }} aria-hidden="true">
      <span className="sk" />
    </section>
  ))
}

function Inside({
  request,
  search,
}: {
  readonly request: GetRequestsId
  readonly search: { readonly q?: string }
}): ReactNode {
  return (
    <>
      <section>
        <dl className="facts">
          <dt>Outcome</dt>
          <dd>
            <Outcome outcome={request.outcome} status={request.status} />{' '}
            <span className="soft">{howItEnded(request)}</span>
          </dd>
          <dt>Route</dt>
          <dd>{request.route ?? request.requested_model}</dd>
          <dt>Answered by</dt>
          <dd>
            {request.target === undefined ? (
              <span className="soft">{answeredText(request.cache)}</span>
            ) : (
              <Who name={request.target} />
            )}
          </dd>
          <dt>Key</dt>
          <dd>{request.key_name ?? '–'}</dd>
          <dt>Duration</dt>
          <dd>
            <Duration ms={request.duration_ms} />
          </dd>
          <dt>Tokens</dt>
          <dd>
            {count(request.input_tokens)} → {count(request.output_tokens)}
          </dd>
        </dl>
      </section>
      <section>
        <h3>Why it went here</h3>
        <Considered request={request} />
      </section>
      <section>
        <h3>Receipt</h3>
        <Receipt request={request} />
      </section>
      <section className="row">
        <Link className="btn s" to="/requests/$id" params={{ id: request.id }} search={search}>
          Open its page
        </Link>
        <span className="push small soft">
          <kbd>j</kbd> <kbd>k</kbd> to move
        </span>
      </section>
    </>
  )
}

function Considered({ request: { decision } }: { readonly request: GetRequestsId }): ReactNode {
  if (!isObject(decision)) return <p className="soft small">Nothing was decided.</p>
  const { rows } = candidatesOf(decision)
  const isAnswered = wasAnswered(rows)
  return (
    <ul className="cands">
      {rows.map((candidate) => (
        <li key={candidate.target}>
          <Icon {...signOf(candidate)} />
          <span className="name">{candidate.target}</span>
          <span className="num" />
          <span className="sub">
            {[candidate.reason, candidate.detail].filter((part) => part !== '').join(', ')}
            {': '}
            <WhatHappened candidate={candidate} isAnswered={isAnswered} />
          </span>
        </li>
      ))}
    </ul>
  )
}

function signOf(candidate: Candidate): { readonly name: IconName; readonly tone: string } {
  if (isServing(candidate)) return { name: 'check', tone: 'good' }
  if (candidate.attempts.length > 0) return { name: 'cross', tone: 'bad' }
  return { name: 'minus', tone: 'soft' }
}
