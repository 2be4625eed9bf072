import { Failure, type UpstreamError } from '../../exchange/failure.ts'
import { failureRow, type FailureCode } from '../../exchange/failure-table.ts'
import type { Usage } from '../../exchange/usage.ts'
import { defined } from '../../kit/defined.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { readLimitReset, readRetryAfter, type LimitHeaderNames } from '../../kit/retry-after.ts'
import { describeProviderError } from '../describe-provider-error.ts'
import type { ErrorResponse, FailureContext, WireFailure } from '../dialect.ts'
import {
  envelopeFields,
  failureHeaders,
  hasMessage,
  isOwnCredential,
  verbatimBody,
} from '../failure-envelope.ts'
import { classifyProviderError } from '../failure-from-status.ts'
import { readErrorBody, readProviderError, type ReadError } from '../read-provider-error.ts'
import { FAMILY, THREAD } from './schema.ts'
import { usageInError } from './usage.ts'

/** The API's error types and the statuses they come with (https://docs.anthropic.com/en/api/errors). */
const STATUS_BY_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

const TYPE_BY_STATUS: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Object.entries(STATUS_BY_TYPE).map(([type, status]) => [status, type])),
  405: 'invalid_request_error',
  408: 'timeout_error',
  422: 'invalid_request_error',
  499: 'api_error',
  503: 'overloaded_error',
}

/** The status with which the API says that it is overloaded; its clients know it. */
const OVERLOADED_STATUS = 529
const decoder = new TextDecoder()

/** How the API tells about its limits. */
const LIMITS: readonly LimitHeaderNames[] = ['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
  (metric) => ({
    remaining: `anthropic-ratelimit-${metric}-remaining`,
    reset: `anthropic-ratelimit-${metric}-reset`,
  }),
)

/** Fields and parameters that the API refuses for one model and takes for another. */
const UNSUPPORTED =
  /extra inputs are not permitted|(?:deprecated|not supported|not available) (?:for|on|with|by) this model/i

/**
 * Reads an error response of a provider of Messages: code, wait, numbers of an overflow, and a message that is safe to show.
 */
export function decodeFailure(response: ErrorResponse): Failure {
  const { status, headers, body } = response
  const envelope = parseJsonObject(decoder.decode(body)) ?? {}
  const requestId = headers.get('request-id') ?? readString(envelope, 'request_id')
  const limitedMs = status === 429 ? readLimitReset(headers, LIMITS, response.nowMs) : undefined
  const retryAfterMs = readRetryAfter(headers, response.nowMs) ?? limitedMs
  return toFailure(withErrorCode(readErrorBody(body), envelope), {
    retryAfterMs,
    usage: usageInError(envelope),
    upstream: { status, family: FAMILY, body, ...(requestId === undefined ? {} : { requestId }) },
  })
}

/** Reads an error that came as an event of a stream or in place of an answer, the envelope included. */
export function toErrorFailure(envelope: JsonObject): Failure {
  const error = withErrorCode(readProviderError(envelope), envelope)
  const status = STATUS_BY_TYPE[error.type] ?? error.status ?? 500
  return toFailure(error, {
    retryAfterMs: undefined,
    usage: usageInError(envelope),
    upstream: { status, family: FAMILY },
  })
}

/** The API says more in `details.error_code` than in its types. */
function withErrorCode(error: ReadError, envelope: JsonObject): ReadError {
  const details = readObject(readObject(envelope, 'error') ?? {}, 'details') ?? {}
  return { ...error, code: readString(details, 'error_code') ?? error.code }
}

interface Evidence {
  readonly retryAfterMs: number | undefined
  readonly usage: Usage | undefined
  readonly upstream: UpstreamError
}

function toFailure(error: ReadError, { retryAfterMs, usage, upstream }: Evidence): Failure {
  const { type, code: errorCode } = error
  const code = classify(error, upstream.status)
  return new Failure(code, {
    ...describeProviderError(code, error),
    ...(failureRow(code).keepsStatus && upstream.status < 500 ? { status: upstream.status } : {}),
    ...defined({ retryAfterMs, usage }),
    upstream: {
      ...upstream,
      ...(type === '' ? {} : { type }),
      ...(errorCode === '' ? {} : { code: errorCode }),
    },
  })
}

/** A rate limit and spent credit share one type; there the message decides. */
function classify({ type, code, message }: ReadError, status: number): FailureCode {
  const words = type === 'rate_limit_error' ? '' : type
  const found = classifyProviderError({ status, code, type: words, message })
  return found === 'provider-rejected' && UNSUPPORTED.test(message) ? 'provider-unsupported' : found
}

/** True for an error as the API itself wraps it. */
function isEnvelope(body: JsonObject): boolean {
  return body['type'] === 'error' && hasMessage(readObject(body, 'error'))
}

/**
 * Writes a failure for a client of Messages. The body of a provider of the same family goes through byte for byte, because
 * agents recover by its wording; everything else gets the API's envelope with the gateway's facts added.
 */
export function encodeFailure(failure: Failure, context: FailureContext): WireFailure {
  const headers = { ...failureHeaders(failure), 'request-id': context.requestId }
  const verbatim = verbatimBody(failure, FAMILY, isEnvelope)
  if (verbatim !== undefined) return { status: verbatim.status, headers, body: verbatim.body }
  const status = failure.code === 'provider-overloaded' ? OVERLOADED_STATUS : failure.status
  const { origin, attempts, request_id, ...details } = envelopeFields(
    failure,
    context.requestId,
    context.attempts,
  )
  const error = { ...toErrorObject(failure), ...details }
  return { status, headers, body: JSON.stringify({ type: 'error', error, request_id, origin, attempts }) }
}

/** The body of an `error` event inside a stream. */
export function toErrorBody(failure: Failure, requestId: string): JsonObject {
  return { type: 'error', error: toErrorObject(failure), request_id: requestId, origin: failure.row.source }
}

function toErrorObject(failure: Failure): JsonObject {
  const { param } = failure.details
  return {
    type: toErrorType(failure),
    message: toMessage(failure),
    code: failure.code,
    ...(param === undefined ? {} : { param }),
    ...(failure.code === 'unsupported-feature' && param === THREAD ? { details: WITHOUT_THREADS } : {}),
  }
}

/** Tells the official clients to send whole conversations instead of continuing one that the provider keeps. */
const WITHOUT_THREADS = { error_code: 'thread_unsupported_request', unsupported: [THREAD] } as const

/** The provider's own type where it is of the family and not about our credential, else the one that goes with the status. */
function toErrorType(failure: Failure): string {
  const { upstream } = failure.details
  const own = upstream?.family === FAMILY && !isOwnCredential(failure.code) ? upstream.type : undefined
  if (own !== undefined && STATUS_BY_TYPE[own] !== undefined) return own
  if (failure.code === 'provider-overloaded') return 'overloaded_error'
  return TYPE_BY_STATUS[failure.status] ?? (failure.status >= 500 ? 'api_error' : 'invalid_request_error')
}

/** An overflow is told in the API's own sentences, whoever found it: agents compact the conversation when they read them. */
function toMessage(failure: Failure): string {
  const { overflow, upstream } = failure.details
  if (failure.code !== 'context-overflow') return failure.message
  if (upstream?.family === FAMILY && failure.details.message !== undefined) return failure.message
  const { inputTokens, outputTokens, limitTokens } = overflow ?? {}
  if (inputTokens === undefined || limitTokens === undefined) return 'prompt is too long'
  if (outputTokens !== undefined && inputTokens <= limitTokens) {
    const sum = `${inputTokens} + ${outputTokens} > ${limitTokens}`
    return `input length and \`max_tokens\` exceed context limit: ${sum}, decrease input length or \`max_tokens\` and try again`
  }
  return `prompt is too long: ${inputTokens} tokens > ${limitTokens} maximum`
}
