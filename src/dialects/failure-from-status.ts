import type { FailureCode } from '../exchange/failure-table.ts'
import { detectContextOverflow } from './context-overflow.ts'
import { isStaleSignature } from './stale-signature.ts'

/** What is known of a provider's error, in whatever words it used. Texts that are absent are empty. */
export interface ProviderError {
  readonly status: number
  readonly code: string
  readonly type: string
  readonly message: string
}

/** Longer messages are prompts quoted back. */
const READ_CHARACTERS = 4_000

const CLIENT_STATUSES: Readonly<Record<number, FailureCode>> = {
  401: 'provider-auth',
  402: 'provider-quota',
  403: 'provider-blocked',
  404: 'provider-model-missing',
  408: 'provider-timeout',
  409: 'provider-conflict',
  410: 'provider-model-missing',
  413: 'provider-too-large',
  425: 'provider-overloaded',
  429: 'provider-rate-limited',
  498: 'provider-overloaded',
  499: 'provider-error',
}

const SERVER_STATUSES: Readonly<Record<number, FailureCode>> = {
  501: 'provider-unsupported',
  503: 'provider-overloaded',
  504: 'provider-timeout',
  522: 'provider-timeout',
  524: 'provider-timeout',
  529: 'provider-overloaded',
}

/** What a message quotes, which clients may have written. An apostrophe within a word opens nothing. */
const QUOTED = /"[^"]*"|`[^`]*`|(?<!\w)'[^']*'(?!\w)/g

/** Words by which a 403 speaks of the credential and what it may use; without them it is about the request. */
const ACCESS =
  /api[ _-]?key|credential|\btoken\b|permi(?:ssion|tted)|(?:not|un)[ -]?(?:allowed|authori[sz]ed)|access|account|organi[sz]ation|project|workspace|subscription|\bplan\b|\btier\b|billing|countr(?:y|ies)|region|territory|\bIP\b|model/i
/** Firewalls name themselves. */
const FIREWALL =
  /\b(?:request|you)\b[^.]{0,40}\bblocked\b|\bfirewall\b|security (?:policy|service|rule|solution)/i
/** A single request that is larger than what may be used in a minute: waiting does not help, and nobody else is limited. */
const LARGER_THAN_LIMIT =
  /request too large for|tokens must be reduced in order to run|required for long context requests/i

/** The failure code that an HTTP status alone stands for. */
export function failureCodeFromStatus(status: number): FailureCode {
  if (status >= 500) return SERVER_STATUSES[status] ?? 'provider-error'
  if (status >= 400) return CLIENT_STATUSES[status] ?? 'provider-rejected'
  return 'provider-error'
}

/** Words in an error's code or type that decide before its status does. Compared whole, lower case. */
const WORDS: ReadonlyMap<string, FailureCode> = new Map([
  ['insufficient_quota', 'provider-quota'],
  ['credit_balance_exhausted', 'provider-quota'],
  ['billing_hard_limit_reached', 'provider-quota'],
  ['billing_not_active', 'provider-quota'],
  ['billing_error', 'provider-quota'],
  ['enforced_spend_limit', 'provider-quota'],
  ['contract_spend_limit', 'provider-quota'],
  ['context_length_exceeded', 'context-overflow'],
  ['exceed_context_size_error', 'context-overflow'],
  ['model_context_window_exceeded', 'context-overflow'],
  ['content_policy_violation', 'content-refused'],
  ['content_filter', 'content-refused'],
  ['responsibleaipolicyviolation', 'content-refused'],
  ['moderation_blocked', 'content-refused'],
  ['model_not_found', 'provider-model-missing'],
  ['model_not_exist', 'provider-model-missing'],
  ['deploymentnotfound', 'provider-model-missing'],
  ['invalid_encrypted_content', 'stale-seal'],
  ['unsupported_parameter', 'provider-unsupported'],
  ['unsupported_value', 'provider-unsupported'],
  ['invalid_api_key', 'provider-auth'],
  ['authentication_error', 'provider-auth'],
  ['permission_error', 'provider-forbidden'],
  ['rate_limit_exceeded', 'provider-rate-limited'],
  ['rate_limit_error', 'provider-rate-limited'],
  ['slow_down', 'provider-overloaded'],
  ['overloaded_error', 'provider-overloaded'],
  ['server_is_overloaded', 'provider-overloaded'],
  ['engine_overloaded', 'provider-overloaded'],
  ['capacity_exceeded', 'provider-overloaded'],
  ['request_too_large', 'provider-too-large'],
  ['timeout_error', 'provider-timeout'],
])

const QUOTA =
  /insufficient (?:quota|balance|credits?|funds)|exceeded your current quota|credit balance is too low|out of credits?|spend(?:ing)? limit|billing hard limit|monthly (?:budget|quota)|add a payment method/i
const OVERLOADED = /\b(?:overloaded|no capacity|at capacity|server is busy|temporarily unavailable)\b/i
const UNKNOWN_MODEL =
  /model[^.]{0,120}(?:does not exist|not found|is not available|not exist|unknown model|no longer available|has been (?:deprecated|decommissioned|retired))|unknown model/i
const UNSUPPORTED =
  /(?:not supported|unsupported|does not support|isn't supported)[^.]{0,120}(?:model|parameter|value|endpoint)|(?:model|parameter|value)[^.]{0,120}(?:not supported|unsupported|does not support)/i
const BAD_KEY =
  /(?:invalid|incorrect|unknown|missing|expired) (?:api[ _-]?key|credentials?|token\b)|api key (?:is )?(?:not valid|invalid|expired|not found)/i
/** Things of a provider's own that a request may name. */
const OTHER_MISSING =
  /\b(?:file|response|item|container|vector store|assistant|thread|conversation|prompt|batch|skill)\b[^.]{0,80}\bnot found\b|\b(?:no|could not find|cannot find)\b[^.]{0,20}\b(?:file|response|item|container|vector store|prompt)\b/i
const FILTERED =
  /content (?:management |filtering )?policy|content filter|safety[ _](?:system|reasons|check)|violates usage guidelines|(?:was|were) flagged|flagged by moderation/i

/**
 * Classifies a provider's error into a failure code: what is about the size of this one request, whatever status and type it
 * came with; then the words of its code and type, then what its message says, then the status. Shared by all dialects; a
 * dialect with further words of its own looks those up before.
 */
export function classifyProviderError(error: ProviderError): FailureCode {
  return (
    codeFromSize(error) ??
    codeFromWords(error) ??
    codeFromMessage(error) ??
    failureCodeFromStatus(error.status)
  )
}

/** Servers tell an overflow with 400, 401, 413, 429 and 500; none of it says anything about credential or target. */
function codeFromSize({ status, message }: ProviderError): FailureCode | undefined {
  if (detectContextOverflow(message) !== undefined) return 'context-overflow'
  const isLimit = status === 429 || status === 413
  return isLimit && LARGER_THAN_LIMIT.test(message.slice(0, READ_CHARACTERS))
    ? 'provider-too-large'
    : undefined
}

function codeFromWords({ status, code, type }: ProviderError): FailureCode | undefined {
  const known = WORDS.get(code.toLowerCase()) ?? WORDS.get(type.toLowerCase())
  // A rate limit is told by 429; some providers name one although they mean "too large for this tier" (413).
  if (known === 'provider-rate-limited' && status === 413) return 'provider-too-large'
  return known
}

/** What the message of a refused request may say, in the order in which it counts. */
const REFUSALS: readonly (readonly [RegExp, FailureCode])[] = [
  [QUOTA, 'provider-quota'],
  [BAD_KEY, 'provider-auth'],
  [UNKNOWN_MODEL, 'provider-model-missing'],
  [FILTERED, 'content-refused'],
  [UNSUPPORTED, 'provider-unsupported'],
]

function codeFromMessage({ status, message }: ProviderError): FailureCode | undefined {
  const whole = message.slice(0, READ_CHARACTERS)
  const text = whole.replaceAll(QUOTED, '')
  if (status >= 500) return OVERLOADED.test(text) ? 'provider-overloaded' : undefined
  switch (status) {
    case 402:
    case 429:
      return QUOTA.test(text) ? 'provider-quota' : undefined
    case 403:
      return rejectedFor403(text)
    case 404:
      if (isStaleSignature(whole)) return 'stale-seal'
      return OTHER_MISSING.test(text) ? 'provider-rejected' : undefined
    case 400:
    case 413:
    case 422:
      if (isStaleSignature(whole)) return 'stale-seal'
      return status === 413 ? undefined : REFUSALS.find(([words]) => words.test(text))?.[1]
    default:
      return undefined
  }
}

function rejectedFor403(text: string): FailureCode | undefined {
  if (QUOTA.test(text)) return 'provider-quota'
  if (FILTERED.test(text)) return 'content-refused'
  return ACCESS.test(text) && !FIREWALL.test(text) ? 'provider-forbidden' : undefined
}
