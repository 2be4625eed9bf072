import type { Family } from '../exchange/content.ts'
import { Failure, type FailureDetails, type UpstreamError } from '../exchange/failure.ts'
import { failureRow, type FailureCode } from '../exchange/failure-table.ts'
import type { Usage } from '../exchange/usage.ts'
import { defined } from '../kit/defined.ts'
import { isArray, isObject, readObject, readString, type Json, type JsonObject } from '../kit/json.ts'
import { readLimitReset, readRetryAfter, type LimitHeaderNames } from '../kit/retry-after.ts'
import { describeProviderError } from './describe-provider-error.ts'
import type { ErrorResponse, FailureContext, WireFailure } from './dialect.ts'
import { failureHeaders, isOwnCredential, verbatimBody } from './failure-envelope.ts'
import { classifyProviderError } from './failure-from-status.ts'
import { parseErrorBody, readErrorBody, readProviderError, type ReadError } from './read-provider-error.ts'
import { isEmpty } from './unknown-members.ts'
import { waitInMessage } from './wait-in-message.ts'

/** What a dialect says of failures: how providers tell them, and how its clients are told. */
export interface FailureWords {
  readonly family: Family
  /** The header in which the API names a request, lower case; clients of the family are told ours in it. */
  readonly requestIdHeader: string
  /** How the API tells about its limits. */
  readonly limits: readonly LimitHeaderNames[]
  /** Adds to an error what stands in members that this family alone has. */
  readonly refine?: (error: ReadError, body: JsonObject) => ReadError
  /** The code of an error that the family tells in words of its own; undefined where they are those of all others. */
  readonly classify?: (error: ReadError, status: number) => FailureCode | undefined
  /** The status that goes with an error inside a success; undefined where its words do not say. */
  readonly statusOf?: (error: ReadError) => number | undefined
  /** Reads usage as the family reports it. */
  readonly toUsage: (reported: JsonObject) => Usage
  /** True for an error as the API itself wraps it, which its clients understand byte for byte. */
  readonly isEnvelope: (body: JsonObject) => boolean
  /** Where the API has another status than the table of failures. */
  readonly status?: (failure: Failure) => number
  /** The body of an error answer. */
  readonly body: (failure: Failure, context: FailureContext) => JsonObject
}

/** The failures of a dialect, as its words say. */
export class Failures {
  readonly #words: FailureWords

  constructor(words: FailureWords) {
    this.#words = words
  }

  /** Reads an error response of a provider: code, wait, numbers of an overflow, what was used, and a message that is safe to show. */
  decode({ status, headers, body, nowMs }: ErrorResponse): Failure {
    const { requestIdHeader, limits } = this.#words
    const envelope = objectIn(parseErrorBody(body))
    const error = this.#refine(readErrorBody(body), envelope)
    const code = this.#codeOf(error, status)
    const retryAfterMs =
      readRetryAfter(headers, nowMs) ??
      error.limit?.waitMs ??
      waitInMessage(error.message) ??
      (status === 429 ? readLimitReset(headers, limits, nowMs) : undefined)
    const requestId = headers.get(requestIdHeader) ?? readString(envelope, 'request_id')
    return new Failure(code, {
      ...this.#describe(code, error, envelope),
      ...defined({ retryAfterMs }),
      ...(failureRow(code).keepsStatus && status >= 400 && status < 500 ? { status } : {}),
      upstream: { ...this.#upstream(status, error), body, ...defined({ requestId }) },
    })
  }

  /** Reads an error that came inside a success: in place of an answer, or as an event of a stream. The envelope included. */
  decodeInside(body: Json | undefined): Failure {
    const envelope = objectIn(body)
    const error = this.#refine(readProviderError(body), envelope)
    const status = this.#words.statusOf?.(error) ?? error.status
    const code = status === undefined ? this.#codeInside(error) : this.#codeOf(error, status)
    return new Failure(code, {
      ...this.#describe(code, error, envelope),
      ...(status !== undefined && failureRow(code).keepsStatus && status < 500 ? { status } : {}),
      upstream: this.#upstream(status ?? 200, error),
    })
  }

  /**
   * Writes a failure for a client. The body of a provider of the same family goes through byte for byte, because agents recover
   * by its wording; everything else gets the API's envelope with the gateway's facts added.
   */
  encode(failure: Failure, context: FailureContext): WireFailure {
    const { family, requestIdHeader, isEnvelope, status, body } = this.#words
    const headers = { ...failureHeaders(failure), [requestIdHeader]: context.requestId }
    const verbatim = verbatimBody(failure, family, isEnvelope)
    if (verbatim !== undefined) return { ...verbatim, headers }
    return {
      status: status?.(failure) ?? failure.status,
      headers,
      body: JSON.stringify(body(failure, context)),
    }
  }

  #refine(error: ReadError, envelope: JsonObject): ReadError {
    return this.#words.refine?.(error, envelope) ?? error
  }

  #codeOf(error: ReadError, status: number): FailureCode {
    const own = this.#words.classify?.(error, status)
    if (own !== undefined) return own
    if (status === 429 && error.limit !== undefined)
      return error.limit.isDaily ? 'provider-quota' : 'provider-rate-limited'
    return classifyProviderError({ ...error, status })
  }

  /** Without a status the words must do; where they say nothing, it is an error inside a success. */
  #codeInside(error: ReadError): FailureCode {
    for (const status of [400, 429, 500]) {
      const code = this.#codeOf(error, status)
      if (!GUESSES.has(code)) return code
    }
    return RATE.test(`${error.type} ${error.code} ${error.message}`)
      ? 'provider-rate-limited'
      : 'error-in-success'
  }

  #describe(code: FailureCode, error: ReadError, envelope: JsonObject): FailureDetails {
    const usage = this.#usageIn(envelope)
    return { ...describeProviderError(code, error), ...defined({ param: error.param, usage }) }
  }

  /** What an error says that was used, beside its words or among them; undefined when it says nothing of it. */
  #usageIn(envelope: JsonObject): Usage | undefined {
    const reported = readObject(envelope, 'usage') ?? readObject(readObject(envelope, 'error') ?? {}, 'usage')
    return reported === undefined || isEmpty(reported) ? undefined : this.#words.toUsage(reported)
  }

  #upstream(status: number, { type, code, param }: ReadError): UpstreamError {
    return {
      status,
      family: this.#words.family,
      ...(type === '' ? {} : { type }),
      ...(code === '' ? {} : { code }),
      ...defined({ param }),
    }
  }
}

/** What the status alone stands for, when it is one that was tried out. */
const GUESSES: ReadonlySet<FailureCode> = new Set([
  'provider-rejected',
  'provider-rate-limited',
  'provider-error',
])
const RATE = /rate.?limit|too many requests/i

function objectIn(body: Json | undefined): JsonObject {
  const held = isArray(body) ? body[0] : body
  return isObject(held) ? held : {}
}

/** The provider's own words, where it is of the family of the client and they are not about the gateway's credential. */
export function ownWords(failure: Failure, family: Family): UpstreamError | undefined {
  const { upstream } = failure.details
  return upstream?.family === family && !isOwnCredential(failure.code) ? upstream : undefined
}

/** What is known of a conversation that is too long, in tokens. */
export interface Overflow {
  readonly inputTokens: number
  readonly limitTokens: number
  readonly outputTokens?: number
}

/**
 * The message of a failure. An overflow is told in the API's own sentence, whoever found it: agents compact the conversation when
 * they read it.
 *
 * @param sentence is given nothing where the numbers are not known
 */
export function messageOf(
  failure: Failure,
  family: Family,
  sentence: (overflow: Overflow | undefined) => string,
): string {
  const { overflow, upstream, message } = failure.details
  if (failure.code === 'unsupported-feature') return withPlace(failure)
  if (failure.code !== 'context-overflow') return failure.message
  if (upstream?.family === family && message !== undefined) return failure.message
  const { inputTokens, outputTokens, limitTokens } = overflow ?? {}
  if (inputTokens === undefined || limitTokens === undefined) return sentence(undefined)
  return sentence({ inputTokens, limitTokens, ...defined({ outputTokens }) })
}

/** What a target cannot be told is refused in words that know no place: it stands before them, since many clients show nothing else. */
function withPlace({ message, details: { param } }: Failure): string {
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`
}
