import type { Family } from '../exchange/content.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import type { Failure } from '../exchange/failure.ts'
import { failureRow, refusesCredential, type FailureCode } from '../exchange/failure-table.ts'
import { defined } from '../kit/defined.ts'
import { parseJsonObject, readString, type Json, type JsonObject } from '../kit/json.ts'

/** True for failures about the gateway's own credential, whose wording stays inside the house. */
export function isOwnCredential(code: FailureCode): boolean {
  return refusesCredential(failureRow(code).health)
}

/**
 * The provider's own error body, when a client of the same family may see it byte for byte; agents match on its
 * wording. Undefined when there is none, when it is of another family, when it is about our credential, or when clients would
 * not find the words in it: servers of a family wrap their errors in many ways, and some send them without the status of one.
 *
 * @param isEnvelope true for an error as the dialect itself wraps it
 */
export function verbatimBody(
  failure: Failure,
  family: Family,
  isEnvelope: (body: JsonObject) => boolean,
): { status: number; body: Uint8Array } | undefined {
  const { upstream } = failure.details
  if (upstream?.body === undefined || upstream.family !== family || upstream.status < 400) return undefined
  if (isOwnCredential(failure.code)) return undefined
  const body = parseJsonObject(new TextDecoder().decode(upstream.body))
  return body !== undefined && isEnvelope(body) ? { status: upstream.status, body: upstream.body } : undefined
}

/** True for an object that says what went wrong. */
export function hasMessage(error: JsonObject | undefined): boolean {
  return error !== undefined && (readString(error, 'message') ?? '').trim() !== ''
}

/** The fields that every dialect adds to its error envelope: origin, request id, attempts, the provider's words, facts. */
export function envelopeFields(
  failure: Failure,
  requestId: string,
  attempts: readonly AttemptResult[],
): JsonObject {
  const { upstream, nearest, facts } = failure.details
  const hidden = isOwnCredential(failure.code)
  return {
    origin: failure.row.source,
    request_id: requestId,
    ...(attempts.length === 0 ? {} : { attempts: attempts.map(toAttemptJson) }),
    ...(upstream === undefined || hidden ? {} : { upstream: toUpstreamJson(upstream) }),
    ...(nearest === undefined || nearest.length === 0 ? {} : { nearest }),
    ...facts,
  }
}

/** The headers of an error answer: JSON, whether to retry, how long to wait, and what the failure itself carries. */
export function failureHeaders(failure: Failure): Record<string, string> {
  const { retryAfterMs, headers } = failure.details
  return {
    ...headers,
    'content-type': 'application/json',
    'x-should-retry': String(failure.row.clientRetry),
    ...(retryAfterMs === undefined
      ? {}
      : {
          'retry-after': String(Math.ceil(Math.max(0, retryAfterMs) / 1000)),
          'retry-after-ms': String(Math.ceil(Math.max(0, retryAfterMs))),
        }),
  }
}

function toAttemptJson(attempt: AttemptResult): Json {
  return {
    target: attempt.target,
    outcome: attempt.outcome,
    ...defined({ status: attempt.status }),
    duration_ms: Math.round(attempt.durationMs),
  }
}

function toUpstreamJson(upstream: NonNullable<Failure['details']['upstream']>): Json {
  const { status, type, code, requestId } = upstream
  return {
    status,
    ...defined({ type, code, request_id: requestId }),
  }
}
