/** What the client asked of the gateway itself, from the body field or headers; permitted by `permit`. */
export interface RequestOptions {
  readonly strict?: boolean
  readonly timeoutMs?: number
  /** Turns fallback off: the first target or nothing. */
  readonly noFallback?: boolean
  readonly tags?: readonly string[]
  readonly session?: string
  readonly customer?: string
  /** The arm of a route's split or canary that is wanted, whoever asks. */
  readonly arm?: string
}

/** The options by the names under which clients write them and keys permit them. */
export const OPTION_NAMES = {
  strict: 'strict',
  timeoutMs: 'timeout_ms',
  noFallback: 'no_fallback',
  tags: 'tags',
  session: 'session',
  customer: 'customer',
  arm: 'arm',
} as const satisfies Record<keyof RequestOptions, string>

export type OptionName = (typeof OPTION_NAMES)[keyof RequestOptions]
