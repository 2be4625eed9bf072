/** Who has to act on a failure. */
export type FailureSource = 'client' | 'gateway' | 'provider'

/**
 * What a failure says about the health of what was called:
 * `none` nothing; `fault` one more strike against the target; `unreachable` one that no request can have caused; `cooldown` the credential is out of capacity for a while;
 * `credential-off` the credential is refused; `credential-off-here` for this model, it may still serve others; `target-off` this
 * model is not there.
 */
export type HealthEffect =
  | 'none'
  | 'fault'
  | 'unreachable'
  | 'cooldown'
  | 'credential-off'
  | 'credential-off-here'
  | 'target-off'

/**
 * The kinds of failures that routes speak of instead of single codes: the provider took too long; it limits; it failed; its filter
 * refuses what is asked; the conversation is longer than the model takes; what it said is no answer.
 */
export type FailureKind =
  | 'timeout'
  | 'rate-limit'
  | 'server-error'
  | 'refused'
  | 'context-overflow'
  | 'bad-output'

/** A refusal of the gateway's own credential, for all models or for one. */
export type CredentialEffect = 'credential-off' | 'credential-off-here'

/** True for what is about the gateway's own credential, which is neither the client's business nor its fault. */
export function refusesCredential(health: HealthEffect): health is CredentialEffect {
  return health === 'credential-off' || health === 'credential-off-here'
}

/** One row of the table of failures: everything that the house knows about a code. */
export interface FailureRow {
  readonly source: FailureSource
  /** What kind of failure it is, where routes may speak of it as one of several. */
  readonly kind?: FailureKind
  /** HTTP status towards the client. */
  readonly status: number
  /** Does the provider's own status take its place, because it is about the client's request? */
  readonly keepsStatus: boolean
  /**
   * May the same target be tried again? `fresh`: once, at once, on a new socket, without counting as a retry;
   * `after-wait`: when the provider named a short wait; `after-pause`: then too, and after a moment when it named none;
   * `once`: once, after a moment, where no other target is left, since another answer of the same model may come out well;
   * `no`: never.
   */
  readonly sameTarget: 'no' | 'fresh' | 'after-wait' | 'after-pause' | 'once'
  /** May another target be tried? `credential` prefers another credential of the same target first. */
  readonly failOver: 'no' | 'target' | 'credential'
  readonly health: HealthEffect
  /** Does the provider charge for it? `no`: nothing but what it says itself; `estimate`: the input and what it may have written. */
  readonly billed: 'no' | 'estimate'
  /** Should the client try again by itself? Sent as `x-should-retry`. */
  readonly clientRetry: boolean
  /** Safe to show to anybody: what, why, what to do. A failure may carry a more precise one. */
  readonly message: string
}

/** Failures that no provider took part in: nothing was tried, so nothing is tried again, rested or billed. */
const untried = (source: 'client' | 'gateway', { status, message, clientRetry }: UntriedRow): FailureRow => ({
  source,
  status,
  keepsStatus: false,
  sameTarget: 'no',
  failOver: 'no',
  health: 'none',
  billed: 'no',
  clientRetry,
  message,
})

type UntriedRow = Pick<FailureRow, 'status' | 'message' | 'clientRetry'>

const client = (status: number, message: string, clientRetry = false): FailureRow =>
  untried('client', { status, message, clientRetry })

const gateway = (status: number, message: string, clientRetry: boolean): FailureRow =>
  untried('gateway', { status, message, clientRetry })

/** What ends an attempt while the provider is at work, which charges for what it did. */
const cutShort = (row: FailureRow): FailureRow => ({ ...row, billed: 'estimate' })

/** What one target cannot be asked for, another one may. */
const elsewhere = (row: FailureRow): FailureRow => ({ ...row, failOver: 'target' })

type ProviderRow = Pick<FailureRow, 'status' | 'message'> & Partial<FailureRow>

/** Provider rows state what differs from "try another target, count a strike, nothing billed, client may retry". */
const provider = (row: ProviderRow): FailureRow => ({
  source: 'provider',
  keepsStatus: false,
  sameTarget: 'no',
  failOver: 'target',
  health: 'fault',
  billed: 'no',
  clientRetry: true,
  ...row,
})

/**
 * Every failure of the house, in one table: the classifier that dispatch obeys, the statuses that dialects send and
 * the list in docs/failures.md are all this. Actions follow the failure classes that gateways in the field have learned:
 * capacity is not health, a refused credential is not a dead provider, a client's mistake is never retried.
 */
export const FAILURES = {
  // The client's request.
  'invalid-json': client(400, 'The request body is not valid JSON. Send a JSON object.'),
  'invalid-request': client(400, 'The request is not valid. Correct the named field.'),
  'unsupported-feature': elsewhere(
    client(400, 'The chosen model cannot do what the request asks. Remove it or choose another model.'),
  ),
  'lossy-translation': elsewhere(
    client(
      400,
      'Strict mode is on and the request cannot be translated without loss. Remove the named fields or turn strict mode off.',
    ),
  ),
  'body-too-large': client(413, 'The request body is too large. Send a smaller one.'),
  'idempotency-key-in-use': client(
    409,
    'The first request with this Idempotency-Key is under way. Ask again when it is answered: you get the same answer.',
    true,
  ),
  'idempotency-key-reused': client(
    409,
    'This Idempotency-Key came before with another request. Take a new key for what is new, and send what you repeat unchanged.',
  ),
  'unknown-coding': client(415, 'The body is packed in an unknown way. Send it as it is, or as gzip.'),
  'bodies-of-address': client(
    429,
    'Requests from this address hold all the memory that bodies from one address may take. Wait for one to end.',
    true,
  ),
  'unknown-path': client(404, 'There is nothing at this path. Check the base URL.'),
  'method-not-allowed': client(405, 'This path does not take this HTTP method.'),
  'goes-round': client(
    508,
    'The request goes round between gateways. Have no route lead back to one it came from.',
  ),
  'no-websocket': client(426, 'WebSockets are not spoken here. Send a POST request over HTTP instead.'),
  'origin-refused': client(
    403,
    'Web pages of other origins may not speak to this gateway. Whoever runs it can allow an origin in server.origins.',
  ),
  'missing-key': client(401, 'No key was sent. Send a Gatehouse key as a bearer token.'),
  'invalid-key': client(
    401,
    'The key is not known. Check that it is a Gatehouse key and that it was copied whole.',
  ),
  'key-revoked': client(401, 'The key was revoked. Ask for a new one.'),
  'key-expired': client(403, 'The key has expired. Ask for a new one.'),
  'key-paused': client(403, 'The key is paused. Ask whoever runs the gateway to resume it.'),
  'address-not-allowed': client(403, 'The key may not be used from this address.'),
  'project-missing': client(
    403,
    'The project of the key is not declared any more, so its limits are not known. Ask whoever runs the gateway.',
  ),
  'model-not-found': client(404, 'There is no model or route of this name.'),
  'model-not-allowed': client(403, 'The key may not use this model.'),
  'outside-only': client(
    403,
    'Nobody who may be asked can answer this request: the others do not fulfil what the route or the key wants (only).',
  ),
  // With the operator's words in place of these. Not 403: agents take that for a key that went bad, and have people log in again.
  'refused-by-rule': client(400, 'A rule of the route refuses requests like this one.'),
  'guardrail-blocked': cutShort(client(400, 'A guardrail does not let this be said here.')),
  'not-cached': client(504, 'No answer to this is kept, and none but a kept one was wanted.'),
  'endpoint-not-allowed': client(403, 'The key may not use this endpoint.'),
  'override-not-allowed': client(403, 'The key may not set this option per request.'),
  'wish-unmet': client(
    400,
    'No target of this route is as the request wishes. Wish for less, or choose another model.',
  ),
  'request-not-found': client(404, 'There is no request of this id, or it is not kept any more.'),
  'response-not-found': client(404, 'There is no answer of this id, or it is not kept any more.'),
  'previous-response-not-found': client(
    400,
    'The answer that the request goes on from is not kept, or not any more. Send the conversation itself.',
  ),
  'conversation-too-long': client(
    400,
    'The conversation that the request goes on from is longer than a request may be. Begin a new one.',
  ),
  'rate-limited': client(429, 'A rate limit is reached. Wait and try again.', true),
  'budget-exceeded': client(402, 'The budget is spent.'),
  'request-exceeds-budget': client(
    402,
    'The request could cost more than what is left of the budget. Lower the maximum of output tokens.',
  ),
  'budget-reserved': client(
    429,
    'The rest of the budget is held by requests under way. Try again shortly.',
    true,
  ),
  'unpriced-model': client(
    400,
    'The model has no known price, and this caller may use priced models only. State its price under models, or write "unpriced: allow" in the route or under pricing.',
  ),
  'client-gone': cutShort(client(499, 'The client closed the connection.')),
  'client-too-slow': cutShort(client(408, 'The client sent or read too slowly.')),

  // The gateway itself.
  'no-candidate': gateway(503, 'No target of this route can take the request now. Try again later.', true),
  'circuit-open': elsewhere(gateway(503, 'The target failed repeatedly and is resting.', true)),
  'at-capacity': elsewhere(
    gateway(503, 'The target has as many requests under way as it may have. Try again shortly.', true),
  ),
  'guardrail-failed': cutShort(
    gateway(
      503,
      'A guardrail could not look at what is said, or not in time, and nothing passes it by. Try again shortly.',
      true,
    ),
  ),
  overloaded: gateway(503, 'The gateway is overloaded. Try again shortly.', true),
  'shutting-down': cutShort(gateway(503, 'The gateway is shutting down. Try again.', true)),
  'deadline-exceeded': cutShort(
    gateway(504, 'The deadline of the request passed before an answer was complete.', false),
  ),
  outrun: cutShort(gateway(503, 'Another attempt at the same request answered first.', true)),
  'store-unavailable': gateway(
    503,
    'Answers that are stored cannot be read at the moment. Try again shortly.',
    true,
  ),
  'ledger-unavailable': gateway(
    503,
    'Spending cannot be recorded now, so nothing may be spent. Try again later.',
    true,
  ),
  internal: gateway(500, 'The gateway failed. Report the request id to whoever runs it.', false),

  // The provider: never reached.
  'connect-failed': provider({
    kind: 'server-error',
    status: 502,
    health: 'unreachable',
    message: 'The provider could not be reached.',
  }),
  'connect-timeout': provider({
    kind: 'timeout',
    status: 504,
    health: 'unreachable',
    message: 'The provider did not accept a connection in time.',
  }),
  'stale-connection': provider({
    kind: 'server-error',
    status: 502,
    sameTarget: 'fresh',
    health: 'none',
    message: 'A kept-alive connection to the provider had been closed.',
  }),
  'connection-reset': provider({
    kind: 'server-error',
    status: 502,
    billed: 'estimate',
    message: 'The provider closed the connection before answering.',
  }),
  'destination-forbidden': provider({
    status: 502,
    health: 'none',
    clientRetry: false,
    message: 'The address of the provider is not allowed by the egress rules.',
  }),

  // The provider: too slow.
  'first-byte-timeout': provider({
    kind: 'timeout',
    status: 504,
    billed: 'estimate',
    message: 'The provider did not begin to answer in time.',
  }),
  'idle-timeout': provider({
    kind: 'timeout',
    status: 504,
    billed: 'estimate',
    message: 'The provider stopped answering.',
  }),
  'attempt-timeout': provider({
    kind: 'timeout',
    status: 504,
    billed: 'estimate',
    message: 'The provider did not finish in time.',
  }),

  // The provider: it answered with an error.
  'provider-overloaded': provider({
    kind: 'server-error',
    status: 503,
    sameTarget: 'after-pause',
    message: 'The provider is overloaded.',
  }),
  'provider-error': provider({
    kind: 'server-error',
    status: 502,
    sameTarget: 'after-pause',
    message: 'The provider failed.',
  }),
  'provider-timeout': provider({
    kind: 'timeout',
    status: 504,
    message: 'The provider timed out by itself.',
  }),
  'provider-conflict': provider({ status: 409, health: 'none', message: 'The provider reports a conflict.' }),
  'provider-rate-limited': provider({
    kind: 'rate-limit',
    status: 429,
    sameTarget: 'after-wait',
    failOver: 'credential',
    health: 'cooldown',
    message: 'The provider is limiting requests.',
  }),
  'provider-quota': provider({
    kind: 'rate-limit',
    status: 429,
    failOver: 'credential',
    health: 'credential-off',
    clientRetry: false,
    message: "The gateway's account at the provider is out of credit or quota.",
  }),
  'provider-auth': provider({
    status: 502,
    failOver: 'credential',
    health: 'credential-off',
    clientRetry: false,
    message: "The provider refused the gateway's credential.",
  }),
  'provider-forbidden': provider({
    status: 502,
    failOver: 'credential',
    health: 'credential-off-here',
    clientRetry: false,
    message: "The gateway's credential may not use this model at the provider.",
  }),
  'provider-blocked': provider({
    status: 400,
    health: 'none',
    clientRetry: false,
    message: 'Something in front of the provider, such as a firewall, refused this request.',
  }),
  'provider-model-missing': provider({
    status: 404,
    health: 'target-off',
    clientRetry: false,
    message: 'The provider does not know the model.',
  }),
  'provider-rejected': provider({
    status: 400,
    keepsStatus: true,
    failOver: 'no',
    health: 'none',
    clientRetry: false,
    message: 'The provider rejected the request.',
  }),
  'provider-unsupported': provider({
    status: 400,
    keepsStatus: true,
    health: 'none',
    clientRetry: false,
    message: 'The provider does not support a parameter of the request.',
  }),
  'provider-too-large': provider({
    status: 413,
    keepsStatus: true,
    health: 'none',
    clientRetry: false,
    message: 'The request is too large for the provider.',
  }),
  'context-overflow': provider({
    kind: 'context-overflow',
    status: 400,
    health: 'none',
    clientRetry: false,
    message: "The conversation is longer than the model's context window.",
  }),
  'content-refused': provider({
    kind: 'refused',
    status: 400,
    failOver: 'no',
    health: 'none',
    clientRetry: false,
    message: "The provider's content filter refused the request.",
  }),
  'stale-seal': provider({
    status: 400,
    failOver: 'no',
    health: 'none',
    clientRetry: false,
    message: 'The reasoning in the conversation was made by another model or account, or was changed.',
  }),

  // The provider: it answered 200 and did not mean it.
  'malformed-response': provider({
    kind: 'bad-output',
    status: 502,
    sameTarget: 'once',
    billed: 'estimate',
    message: 'The provider sent something that is not an answer.',
  }),
  'error-in-success': provider({
    kind: 'server-error',
    status: 502,
    message: 'The provider reported an error inside a successful answer.',
  }),
  'empty-response': provider({
    kind: 'bad-output',
    status: 502,
    billed: 'estimate',
    message: 'The provider sent an empty answer.',
  }),
  'stream-truncated': provider({
    kind: 'server-error',
    status: 502,
    billed: 'estimate',
    message: 'The provider broke off before the end of the answer.',
  }),
  'response-too-large': provider({
    status: 502,
    billed: 'estimate',
    message: "The provider's answer exceeds the size limit.",
  }),
  'answer-rejected': provider({
    kind: 'bad-output',
    status: 502,
    health: 'none',
    billed: 'estimate',
    message: 'No model gave an answer that passed the checks of this route.',
  }),
} as const satisfies Record<string, FailureRow>

export type FailureCode = keyof typeof FAILURES

/** Of attempts that were not let through: nothing was sent, so they cost nothing and count as none. */
const NEVER_BEGUN: ReadonlySet<FailureCode> = new Set(['circuit-open', 'at-capacity'])

/** True for a failure of an attempt that was not let through. */
export function wasNeverBegun(code: FailureCode): boolean {
  return NEVER_BEGUN.has(code)
}

/** True for a word that is a code of the table. */
export function isFailureCode(word: string): word is FailureCode {
  return Object.hasOwn(FAILURES, word)
}

/** The row of a code, with its types widened to the table's. */
export function failureRow(code: FailureCode): FailureRow {
  return FAILURES[code]
}
