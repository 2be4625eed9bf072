import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import type { FailureContext, WireFailure } from '../dialect.ts'
import {
  envelopeFields,
  failureHeaders,
  hasMessage,
  isOwnCredential,
  verbatimBody,
} from '../failure-envelope.ts'
import { FAMILY } from './schema.ts'

/** How a failure is named in this dialect. */
interface Naming {
  readonly type: string
  readonly code: string
}

const invalid = (code: string): Naming => ({ type: 'invalid_request_error', code })
const server = (code: string): Naming => ({ type: 'server_error', code })

/**
 * Failure → type and code. The words that OpenAI itself uses are kept where there are any, because clients compare them;
 * the rest are ours. `insufficient_quota` makes agents stop instead of retrying.
 */
const NAMES: Readonly<Record<FailureCode, Naming>> = {
  'invalid-json': invalid('invalid_json'),
  'invalid-request': invalid('invalid_value'),
  'unsupported-feature': invalid('unsupported_parameter'),
  'lossy-translation': invalid('lossy_translation'),
  'body-too-large': invalid('request_too_large'),
  'bodies-of-address': { type: 'rate_limit_error', code: 'too_many_bytes' },
  'unknown-path': invalid('unknown_url'),
  'method-not-allowed': invalid('method_not_allowed'),
  'no-websocket': invalid('upgrade_refused'),
  'origin-refused': invalid('origin_not_allowed'),
  'missing-key': invalid('invalid_api_key'),
  'invalid-key': invalid('invalid_api_key'),
  'key-revoked': invalid('invalid_api_key'),
  'key-expired': invalid('expired_api_key'),
  'project-missing': invalid('project_not_found'),
  'model-not-found': invalid('model_not_found'),
  'model-not-allowed': invalid('model_not_allowed'),
  'endpoint-not-allowed': invalid('endpoint_not_allowed'),
  'override-not-allowed': invalid('override_not_allowed'),
  'rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'budget-exceeded': { type: 'insufficient_quota', code: 'budget_exceeded' },
  'request-exceeds-budget': { type: 'insufficient_quota', code: 'request_exceeds_budget' },
  'budget-reserved': { type: 'rate_limit_error', code: 'budget_reserved' },
  'unpriced-model': invalid('unpriced_model'),
  'client-gone': invalid('client_gone'),
  'client-too-slow': invalid('client_too_slow'),
  'no-candidate': server('no_candidate'),
  'circuit-open': server('circuit_open'),
  overloaded: server('server_is_overloaded'),
  'shutting-down': server('shutting_down'),
  'deadline-exceeded': { type: 'timeout', code: 'deadline_exceeded' },
  outrun: server('outrun'),
  'ledger-unavailable': server('ledger_unavailable'),
  internal: server('gateway_error'),
  'connect-failed': server('upstream_error'),
  'connect-timeout': { type: 'timeout', code: 'upstream_timeout' },
  'stale-connection': server('upstream_error'),
  'connection-reset': server('upstream_error'),
  'destination-forbidden': server('destination_forbidden'),
  'first-byte-timeout': { type: 'timeout', code: 'upstream_timeout' },
  'idle-timeout': { type: 'timeout', code: 'upstream_timeout' },
  'attempt-timeout': { type: 'timeout', code: 'upstream_timeout' },
  'provider-overloaded': server('server_is_overloaded'),
  'provider-error': server('upstream_error'),
  'provider-timeout': { type: 'timeout', code: 'upstream_timeout' },
  'provider-conflict': { type: 'conflict', code: 'conflict' },
  'provider-rate-limited': { type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  'provider-quota': { type: 'insufficient_quota', code: 'insufficient_quota' },
  'provider-auth': server('upstream_credential'),
  'provider-forbidden': server('upstream_credential'),
  'provider-blocked': invalid('request_blocked'),
  'provider-model-missing': invalid('model_not_found'),
  'provider-rejected': invalid('upstream_rejected'),
  'provider-unsupported': invalid('unsupported_parameter'),
  'provider-too-large': invalid('request_too_large'),
  'context-overflow': invalid('context_length_exceeded'),
  'content-refused': invalid('content_policy_violation'),
  'stale-seal': invalid('invalid_encrypted_content'),
  'malformed-response': server('upstream_malformed'),
  'error-in-success': server('upstream_error'),
  'empty-response': server('upstream_empty'),
  'stream-truncated': server('stream_incomplete'),
  'response-too-large': server('upstream_too_large'),
}

/** Writes a failure as status, headers and body; the provider's own body when it is of this family and may be seen. */
export function encodeFailure(failure: Failure, context: FailureContext): WireFailure {
  const headers = failureHeaders(failure)
  const verbatim = verbatimBody(failure, FAMILY, (body) => hasMessage(readObject(body, 'error')))
  if (verbatim !== undefined) return { ...verbatim, headers }
  return {
    status: failure.status,
    headers,
    body: JSON.stringify(failureBody(failure, context.requestId, context.attempts)),
  }
}

/** The error envelope: the four members of the dialect, then where it came from and what is known of it. */
export function failureBody(
  failure: Failure,
  requestId: string,
  attempts: readonly AttemptResult[],
): JsonObject {
  const { type, code } = namesOf(failure)
  return {
    error: {
      message: messageOf(failure),
      type,
      param: failure.details.param ?? null,
      code,
      ...envelopeFields(failure, requestId, attempts),
    },
  }
}

/** A provider of this family chose its words for clients of this family: they are kept. */
function namesOf(failure: Failure): Naming {
  const own = NAMES[failure.code]
  const { upstream } = failure.details
  if (upstream?.family !== FAMILY || isOwnCredential(failure.code)) return own
  return { type: upstream.type ?? own.type, code: upstream.code ?? own.code }
}

/** Makes room for advice that names the wait. */
const VAGUE_ADVICE = / (?:Wait and try again|Try again shortly|Try again later)\.$/

function messageOf(failure: Failure): string {
  if (failure.code === 'context-overflow') return overflowMessage(failure)
  const { retryAfterMs } = failure.details
  if (failure.status !== 429 || retryAfterMs === undefined) return failure.message
  // Agents read the wait out of this sentence.
  if (/try again in \d/i.test(failure.message)) return failure.message
  const message = failure.message.replace(VAGUE_ADVICE, '')
  return `${message} Please try again in ${(Math.ceil(retryAfterMs / 100) / 10).toFixed(1)}s.`
}

/** The sentence by which clients of this dialect recognise a conversation that is too long. */
function overflowMessage(failure: Failure): string {
  const { inputTokens, limitTokens } = failure.details.overflow ?? {}
  if (failure.details.upstream?.family === FAMILY && failure.details.message !== undefined)
    return failure.message
  if (limitTokens === undefined || inputTokens === undefined) {
    return 'Your input exceeds the context window of this model. Please adjust your input and try again.'
  }
  return `This model's maximum context length is ${limitTokens} tokens. However, your messages resulted in ${inputTokens} tokens. Please reduce the length of the messages.`
}
