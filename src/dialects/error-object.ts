import type { Family } from '../exchange/content.ts'
import type { Failure } from '../exchange/failure.ts'
import type { FailureCode, FailureRow } from '../exchange/failure-table.ts'
import { readObject, type JsonObject } from '../kit/json.ts'
import type { FailureContext } from './dialect.ts'
import { envelopeFields, hasMessage } from './failure-envelope.ts'
import { Failures, messageOf, ownWords, type FailureWords, type Overflow } from './failures.ts'

/** What a family adds to what all that tell their errors so have in common. */
type OwnWords = Pick<FailureWords, 'family' | 'toUsage' | 'classify' | 'statusOf'>

/** The failures of a family whose error is one object of message, type, code and field, as many servers write it. */
export function errorObjectFailures(own: OwnWords): Failures {
  return new Failures({
    requestIdHeader: 'x-request-id',
    limits: [
      { remaining: 'x-ratelimit-remaining-requests', reset: 'x-ratelimit-reset-requests' },
      { remaining: 'x-ratelimit-remaining-tokens', reset: 'x-ratelimit-reset-tokens' },
      { remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
    ],
    isEnvelope: (body) => hasMessage(readObject(body, 'error')),
    body: (failure, context) => errorBody(failure, own.family, context),
    ...own,
  })
}

/** The error envelope: the object, then where it came from and what is known of it. */
export function errorBody(
  failure: Failure,
  family: Family,
  { requestId, attempts }: FailureContext,
): JsonObject {
  return { error: { ...errorObject(failure, family), ...envelopeFields(failure, requestId, attempts) } }
}

/** The four members of an error. */
export function errorObject(failure: Failure, family: Family): JsonObject {
  const own = ownWords(failure, family)
  return {
    message: withWait(messageOf(failure, family, overflowSentence), failure),
    type: own?.type ?? typeOf(failure),
    param: failure.details.param ?? null,
    code: own?.code ?? CODES[failure.code] ?? usualCode(failure),
  }
}

/** `insufficient_quota` makes agents stop instead of retrying. */
function typeOf({ code, row: { status } }: Failure): string {
  if (status === 402 || code === 'provider-quota') return 'insufficient_quota'
  if (status === 409) return 'conflict'
  if (status === 429) return 'rate_limit_error'
  if (status === 504) return 'timeout'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}

/** The code of a failure for which the API has no word: the gateway's own, or that something behind the gateway failed. */
function usualCode({ code, row }: { readonly code: FailureCode; readonly row: FailureRow }): string {
  if (row.source !== 'provider' || row.status < 500) return code.replaceAll('-', '_')
  return row.status === 504 ? 'upstream_timeout' : 'upstream_error'
}

/** Words that the API itself uses, because clients compare them, and a few of ours that say more than the usual ones. */
const CODES: Readonly<Partial<Record<FailureCode, string>>> = {
  'invalid-request': 'invalid_value',
  'unsupported-feature': 'unsupported_parameter',
  'body-too-large': 'request_too_large',
  'bodies-of-address': 'too_many_bytes',
  'unknown-path': 'unknown_url',
  'no-websocket': 'upgrade_refused',
  'origin-refused': 'origin_not_allowed',
  'missing-key': 'invalid_api_key',
  'invalid-key': 'invalid_api_key',
  'key-revoked': 'invalid_api_key',
  'key-expired': 'expired_api_key',
  'project-missing': 'project_not_found',
  'rate-limited': 'rate_limit_exceeded',
  overloaded: 'server_is_overloaded',
  internal: 'gateway_error',
  'destination-forbidden': 'destination_forbidden',
  'provider-overloaded': 'server_is_overloaded',
  'provider-conflict': 'conflict',
  'provider-rate-limited': 'rate_limit_exceeded',
  'provider-quota': 'insufficient_quota',
  'provider-auth': 'upstream_credential',
  'provider-forbidden': 'upstream_credential',
  'provider-blocked': 'request_blocked',
  'provider-model-missing': 'model_not_found',
  'provider-rejected': 'upstream_rejected',
  'provider-unsupported': 'unsupported_parameter',
  'provider-too-large': 'request_too_large',
  'context-overflow': 'context_length_exceeded',
  'content-refused': 'content_policy_violation',
  'stale-seal': 'invalid_encrypted_content',
  'malformed-response': 'upstream_malformed',
  'empty-response': 'upstream_empty',
  'stream-truncated': 'stream_incomplete',
  'response-too-large': 'upstream_too_large',
}

/** Makes room for advice that names the wait. */
const VAGUE_ADVICE = / (?:Wait and try again|Try again shortly|Try again later)\.$/

/** Agents read the wait out of the message. */
function withWait(message: string, { status, details: { retryAfterMs } }: Failure): string {
  if (status !== 429 || retryAfterMs === undefined || /try again in \d/i.test(message)) return message
  const seconds = (Math.ceil(retryAfterMs / 100) / 10).toFixed(1)
  return `${message.replace(VAGUE_ADVICE, '')} Please try again in ${seconds}s.`
}

/** The sentence by which clients of this dialect recognise a conversation that is too long. */
function overflowSentence(overflow: Overflow | undefined): string {
  return overflow === undefined
    ? 'Your input exceeds the context window of this model. Please adjust your input and try again.'
    : `This model's maximum context length is ${overflow.limitTokens} tokens. However, your messages resulted in ${overflow.inputTokens} tokens. Please reduce the length of the messages.`
}
