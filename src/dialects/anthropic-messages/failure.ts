import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import { readObject, readString, type JsonObject } from '../../kit/json.ts'
import type { FailureContext } from '../dialect.ts'
import { envelopeFields, hasMessage } from '../failure-envelope.ts'
import { classifyProviderError } from '../failure-from-status.ts'
import { Failures, messageOf, ownWords, type Overflow } from '../failures.ts'
import type { ReadError } from '../read-provider-error.ts'
import { FAMILY, THREAD } from './vocabulary.ts'
import { toUsage } from './usage.ts'
import { defined } from '../../kit/defined.ts'

/** The API's error types and the statuses they come with (https://docs.anthropic.com/en/api/errors). */
const STATUS_BY_TYPE: ReadonlyMap<string, number> = new Map<string, number>([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  ...Object.fromEntries([...STATUS_BY_TYPE].map(([type, status]) => [status, type])),
  408: 'timeout_error',
  503: 'overloaded_error',
}

/** The status with which the API says that it is overloaded; its clients know it. */
const OVERLOADED_STATUS = 529

/** Fields and parameters that the API refuses for one model and takes for another. */
const UNSUPPORTED =
  /extra inputs are not permitted|(?:deprecated|not supported|not available) (?:for|on|with|by) this model/i

/** The failures of the API. */
export const FAILURES = new Failures({
  family: FAMILY,
  requestIdHeader: 'request-id',
  limits: ['requests', 'tokens', 'input-tokens', 'output-tokens'].map((metric) => ({
    remaining: `anthropic-ratelimit-${metric}-remaining`,
    reset: `anthropic-ratelimit-${metric}-reset`,
  })),
  refine: withErrorCode,
  classify,
  statusOf: ({ type, status }) => STATUS_BY_TYPE.get(type) ?? status ?? 500,
  toUsage,
  isEnvelope: (body) => body['type'] === 'error' && hasMessage(readObject(body, 'error')),
  status: ({ code, status }) => (code === 'provider-overloaded' ? OVERLOADED_STATUS : status),
  body: toBody,
})

/** The API says more in `details.error_code` than in its types. */
function withErrorCode(error: ReadError, envelope: JsonObject): ReadError {
  const details = readObject(readObject(envelope, 'error') ?? {}, 'details') ?? {}
  return { ...error, code: readString(details, 'error_code') ?? error.code }
}

/** A rate limit and spent credit share one type; there the message decides. */
function classify({ type, code, message }: ReadError, status: number): FailureCode {
  const words = type === 'rate_limit_error' ? '' : type
  const found = classifyProviderError({ status, code, type: words, message })
  return found === 'provider-rejected' && UNSUPPORTED.test(message) ? 'provider-unsupported' : found
}

function toBody(failure: Failure, { requestId, attempts }: FailureContext): JsonObject {
  const { origin, attempts: told, request_id, ...details } = envelopeFields(failure, requestId, attempts)
  return {
    type: 'error',
    error: { ...toErrorObject(failure), ...details },
    request_id,
    origin,
    attempts: told,
  }
}

/** The body of an `error` event inside a stream. */
export function toErrorBody(failure: Failure, requestId: string): JsonObject {
  return { type: 'error', error: toErrorObject(failure), request_id: requestId, origin: failure.row.source }
}

function toErrorObject(failure: Failure): JsonObject {
  const { param } = failure.details
  return {
    type: toErrorType(failure),
    message: messageOf(failure, FAMILY, overflowSentence),
    code: failure.code,
    ...defined({ param }),
    ...(failure.code === 'unsupported-feature' && param === THREAD ? { details: WITHOUT_THREADS } : {}),
  }
}

/** Tells the official clients to send whole conversations instead of continuing one that the provider keeps. */
const WITHOUT_THREADS = { error_code: 'thread_unsupported_request', unsupported: [THREAD] } as const

/** The provider's own type where it is one of the API's, else the one that goes with the status. */
function toErrorType(failure: Failure): string {
  const own = ownWords(failure, FAMILY)?.type
  if (own !== undefined && STATUS_BY_TYPE.has(own)) return own
  if (failure.code === 'provider-overloaded') return 'overloaded_error'
  return TYPE_BY_STATUS[failure.status] ?? (failure.status >= 500 ? 'api_error' : 'invalid_request_error')
}

/** The sentences by which agents recognise a conversation that is too long, and compact it. */
function overflowSentence(overflow: Overflow | undefined): string {
  if (overflow === undefined) return 'prompt is too long'
  const { inputTokens, outputTokens, limitTokens } = overflow
  if (outputTokens === undefined || inputTokens > limitTokens)
    return `prompt is too long: ${inputTokens} tokens > ${limitTokens} maximum`
  const sum = `${inputTokens} + ${outputTokens} > ${limitTokens}`
  return `input length and \`max_tokens\` exceed context limit: ${sum}, decrease input length or \`max_tokens\` and try again`
}
