import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { Who } from '../../parts/who.tsx'
import { answeredText, isGivenAgain } from '../../words/answered.ts'
import { count, durationText } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { Outcome } from '../requests/outcome.tsx'

/** The answers that are looked for first. */
export function FactsBar({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { attempt_rows: rows } = request
  return (
    <section className="card facts-bar" aria-label="Summary">
      <Fact label="Outcome">
        <Outcome outcome={request.outcome} status={request.status} /> <small>{howItEnded(request)}</small>
      </Fact>
      <Fact label="Answered by">
        {request.target === undefined ? (
          <span className="soft">{answeredText(request.cache)}</span>
        ) : (
          <Who name={request.target} />
        )}
      </Fact>
      <Fact label="Duration">
        <Duration ms={request.duration_ms} />{' '}
        <small>gateway {durationText(Math.max(0, request.duration_ms - request.upstream_ms))}</small>
      </Fact>
      <Fact label={request.stream ? 'First event' : 'Answer began'}>
        {request.first_event_ms === undefined ? (
          <span className="soft">–</span>
        ) : (
          <Duration ms={request.first_event_ms} />
        )}
      </Fact>
      <Fact label="Tokens">
        {count(request.input_tokens)} → {count(request.output_tokens)} <small>{cachedText(rows)}</small>
      </Fact>
      <Fact label="Cost">
        <Cost cost={request.cost} estimated={request.estimated} simulated={request.simulated} digits="all" />
      </Fact>
      <Fact label="Key">
        {request.key_id === undefined ? (
          <span className="soft">–</span>
        ) : (
          <Link to="/requests" search={{ q: termOf('key', request.key_id) }} title="Show its requests">
            {request.key_name ?? request.key_id}
          </Link>
        )}{' '}
        <small>{request.project === undefined ? '' : `project ${request.project}`}</small>
      </Fact>
    </section>
  )
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <div className="label">{label}</div>
      <div className="v">{children}</div>
    </div>
  )
}

export function howItEnded({ outcome, cache, attempt_rows: rows }: GetRequestsId): string {
  if (outcome !== 'ok') return outcome
  if (isGivenAgain(cache)) return 'given again'
  if (rows.length === 0) return 'nobody was asked'
  const others = rows.filter((row) => row.outcome !== 'ok').length
  return others === 0 ? 'first choice' : 'after fallback'
}

function cachedText(rows: GetRequestsId['attempt_rows']): string {
  const cached = rows.reduce((sum, { cache_read_tokens: tokens }) => sum + tokens, 0)
  return cached === 0 ? '' : `${count(cached)} cached`
}
