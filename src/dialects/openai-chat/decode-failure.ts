import { Failure, type FailureDetails } from '../../exchange/failure.ts'
import { failureRow, type FailureCode } from '../../exchange/failure-table.ts'
import { defined } from '../../kit/defined.ts'
import type { Json } from '../../kit/json.ts'
import { readLimitReset, readRetryAfter, type LimitHeaderNames } from '../../kit/retry-after.ts'
import { describeProviderError } from '../describe-provider-error.ts'
import type { ErrorResponse } from '../dialect.ts'
import { classifyProviderError } from '../failure-from-status.ts'
import { parseErrorBody, readErrorBody, readProviderError, type ReadError } from '../read-provider-error.ts'
import { FAMILY } from './schema.ts'
import { usageInError } from './usage.ts'

/** How the servers of this family tell about their limits. */
const LIMITS: readonly LimitHeaderNames[] = [
  { remaining: 'x-ratelimit-remaining-requests', reset: 'x-ratelimit-reset-requests' },
  { remaining: 'x-ratelimit-remaining-tokens', reset: 'x-ratelimit-reset-tokens' },
  { remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
]

/** Codes of single providers of this family that say more than their status. */
const OWN_CODES: ReadonlyMap<string, FailureCode> = new Map([
  // The model wrote a call that its server could not parse: another try writes another one.
  ['tool_use_failed', 'malformed-response'],
])

/** Reads an error response of a provider into a failure: code, wait, safe message, numbers of an overflow. */
export function decodeFailure(response: ErrorResponse): Failure {
  const { status, headers, body, nowMs } = response
  const error = readErrorBody(body)
  const code = codeOf(error, status)
  const retryAfterMs =
    readRetryAfter(headers, nowMs) ??
    error.limit?.waitMs ??
    waitInMessage(error.message) ??
    (status === 429 ? readLimitReset(headers, LIMITS, nowMs) : undefined)
  const requestId = headers.get('x-request-id')
  return new Failure(code, {
    ...describe(code, error),
    ...defined({ usage: usageInError(parseErrorBody(body)) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(failureRow(code).keepsStatus && status < 500 ? { status } : {}),
    upstream: {
      status,
      family: FAMILY,
      body,
      ...wordsOf(error),
      ...(requestId === null ? {} : { requestId }),
    },
  })
}

function codeOf(error: ReadError, status: number): FailureCode {
  const own = OWN_CODES.get(error.code)
  if (own !== undefined) return own
  if (status === 429 && error.limit !== undefined)
    return error.limit.isDaily ? 'provider-quota' : 'provider-rate-limited'
  return classifyProviderError({ ...error, status })
}

/** Reads an error that came inside a successful response: a body of status 200, or a frame of a stream. */
export function failureInside(body: Json | undefined): Failure {
  const error = readProviderError(body)
  const code = codeInside(error)
  return new Failure(code, {
    ...describe(code, error),
    ...defined({ usage: usageInError(body) }),
    upstream: { status: error.status ?? 200, family: FAMILY, ...wordsOf(error) },
  })
}

/** Without an HTTP status the words must do; where they say nothing, it is an error inside a success. */
function codeInside(error: ReadError): FailureCode {
  if (error.status !== undefined) return codeOf(error, error.status)
  for (const status of [400, 429, 500]) {
    const code = codeOf(error, status)
    const isGuess =
      code === 'provider-rejected' || code === 'provider-rate-limited' || code === 'provider-error'
    if (!isGuess) return code
  }
  return /rate.?limit|too many requests/i.test(`${error.type} ${error.code} ${error.message}`)
    ? 'provider-rate-limited'
    : 'error-in-success'
}

function describe(code: FailureCode, error: ReadError): FailureDetails {
  const { param } = error
  return { ...describeProviderError(code, error), ...(param === undefined ? {} : { param }) }
}

function wordsOf({ type, code, param }: ReadError): { type?: string; code?: string; param?: string } {
  return {
    ...(type === '' ? {} : { type }),
    ...(code === '' ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  }
}

const WAIT = /(?:try again|retry) (?:in|after) (?:(\d{1,4})m(?!s))?(?:(\d{1,6}(?:\.\d{1,9})?) ?(ms|s))?/i

/** "Please try again in 1.2s", "retry after 20 seconds", "in 6m0s": the wait in milliseconds, when a message names one. */
export function waitInMessage(message: string): number | undefined {
  const match = WAIT.exec(message.slice(0, 4_000))
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined
  const minutes = Number(match[1] ?? 0)
  const rest = Number(match[2] ?? 0) * (match[3]?.toLowerCase() === 'ms' ? 1 : 1_000)
  return Math.ceil(minutes * 60_000 + rest)
}
