/**
 * What requests are kept together by, most specific first: the session that the client names, the key that it gives the provider's
 * prompt cache, or a hash of system prompt, tools and first turn of the user.
 */
export const AFFINITY_KEYS = ['session', 'prompt_cache_key', 'prompt_prefix'] as const

export type AffinityKey = (typeof AFFINITY_KEYS)[number]

/** How a route keeps requests that belong together at one target, so that its prompt cache stays warm. */
export interface AffinityTerms {
  /** The first that a request has is taken. */
  readonly by: readonly AffinityKey[]
  /** A target with more than so many times the mean of requests under way is passed by. */
  readonly bound: number
  /** For how long a provider's cache is believed to last. */
  readonly ttlMs: number
}

/** Where the conversation of a request lies in a provider's cache, as far as this process knows. */
export interface Warmth {
  readonly target: string
  /** Tokens of the prompt that are believed to lie there, rounded to three digits. */
  readonly tokens: number
}

/** What keeps one request near those that it belongs to. */
export interface Affinity {
  readonly by: AffinityKey
  /** Hash of the key, which itself is not kept. */
  readonly hash: number
  readonly bound: number
  readonly warm?: Warmth
}
