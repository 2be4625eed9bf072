/** How the names of headers begin that speak to a gateway, or by which it speaks of itself. */
export const OWN_PREFIX = 'x-gatehouse-'

/** The headers by which a gateway speaks of itself: in answers, and of an attempt to whoever it asks. */
export const OWN_HEADERS = {
  attempt: 'x-gatehouse-attempt',
  attempts: 'x-gatehouse-attempts',
  cost: 'x-gatehouse-cost-usd',
  decision: 'x-gatehouse-decision',
  guardrails: 'x-gatehouse-guardrails',
  hops: 'x-gatehouse-hops',
  model: 'x-gatehouse-model',
  notices: 'x-gatehouse-notices',
  provider: 'x-gatehouse-provider',
  replayOf: 'x-gatehouse-replay-of',
  route: 'x-gatehouse-route',
  simulated: 'x-gatehouse-simulated',
  upstreamRequestId: 'x-gatehouse-upstream-request-id',
} as const satisfies Readonly<Record<string, `${typeof OWN_PREFIX}${string}`>>

/** What a request wants of the cache, and what came of it there. */
export const CACHE_HEADER = `${OWN_PREFIX}cache`

/** A client's key, where `Authorization` is for somebody else. */
export const KEY_HEADER = 'x-gatehouse-key'
