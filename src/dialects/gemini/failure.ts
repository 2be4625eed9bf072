import type { Failure } from '../../exchange/failure.ts'
import { readObject, readString, type JsonObject } from '../../kit/json.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { FailureContext } from '../dialect.ts'
import { envelopeFields, hasMessage } from '../failure-envelope.ts'
import { Failures, messageOf, ownWords, type Overflow } from '../failures.ts'
import { FAMILY } from './vocabulary.ts'

/** The canonical codes of Google's APIs by HTTP status (https://cloud.google.com/apis/design/errors). */
const WORD_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** The failures of the API. Waits and quotas stand in the body; there are no headers for them. */
export const FAILURES = new Failures({
  family: FAMILY,
  requestIdHeader: 'x-request-id',
  limits: [],
  refine: (error, envelope) => ({
    ...error,
    type: readString(readObject(envelope, 'error') ?? {}, 'status') ?? error.type,
  }),
  statusOf: ({ status }) => status ?? 500,
  // Errors of this API say nothing of usage.
  toUsage: () => NO_USAGE,
  isEnvelope: (body) => hasMessage(readObject(body, 'error')),
  body: failureBody,
})

/** The error envelope: the members of the dialect, then where it came from and what is known of it. */
export function failureBody(failure: Failure, { requestId, attempts }: FailureContext): JsonObject {
  const { status } = failure
  const word = ownWords(failure, FAMILY)?.type ?? WORD_BY_STATUS[status]
  return {
    error: {
      code: status,
      message: messageOf(failure, FAMILY, overflowSentence),
      status: word ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT'),
      details: detailsOf(failure),
      ...envelopeFields(failure, requestId, attempts),
    },
  }
}

const TYPES = 'type.googleapis.com/google.rpc.'

/** The reason, the field at fault and the wait, where clients of this family look for them. */
function detailsOf({ code, details: { param, retryAfterMs } }: Failure): readonly JsonObject[] {
  const reason = code.replaceAll('-', '_').toUpperCase()
  const details: JsonObject[] = [{ '@type': `${TYPES}ErrorInfo`, reason, domain: 'gatehouse' }]
  if (param !== undefined)
    details.push({ '@type': `${TYPES}BadRequest`, fieldViolations: [{ field: param }] })
  if (retryAfterMs !== undefined)
    details.push({ '@type': `${TYPES}RetryInfo`, retryDelay: `${Math.max(0, retryAfterMs) / 1000}s` })
  return details
}

/** The sentence by which clients recognise a conversation that is too long. */
function overflowSentence(overflow: Overflow | undefined): string {
  const [input, limit] = [overflow?.inputTokens, overflow?.limitTokens].map((tokens) =>
    tokens === undefined ? '' : ` (${tokens})`,
  )
  return `The input token count${input} exceeds the maximum number of tokens allowed${limit}.`
}
