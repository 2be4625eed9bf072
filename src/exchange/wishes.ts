/** What the client asked of the gateway itself, from the body field or headers; permitted by `permit`. */
export interface Wishes {
  readonly strict?: boolean
  readonly timeoutMs?: number
  /** Turns fallback off: the first target or nothing. */
  readonly noFallback?: boolean
  readonly tags?: readonly string[]
  readonly session?: string
  readonly customer?: string
}
