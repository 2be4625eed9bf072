/** What somebody thought of an answer. */
export interface FeedbackRow {
  readonly requestId: string
  readonly atMs: number
  /** From −1, useless, to 1. */
  readonly score: number
  readonly label?: string
  /** Further words to count by. */
  readonly labels?: readonly string[]
  readonly comment?: string
  /** Who says so; where a key gave it, one of its own choice, of whom the last word counts. */
  readonly by?: string
  /** The key that gave it; absent: an operator did. */
  readonly keyId?: string
}

/** A page of feedback, newest first. */
export interface FeedbackQuery {
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
  /** Only scores below. */
  readonly below?: number
}

/** Feedback lies beside the request that it is about, and goes with it. */
export interface FeedbackStore {
  /**
   * Adds one. Gives `unknown` where the log has no such request, or has none of the key that gives it; `full` where it has
   * `LIMITS.requestFeedback` of it; `replaced` where the same key has given it for the same somebody before.
   */
  add(row: FeedbackRow): Promise<'added' | 'replaced' | 'unknown' | 'full'>
  /** All of a request, oldest first. */
  of(requestId: string): Promise<readonly FeedbackRow[]>
  /** Of all requests, newest first. */
  list(query: FeedbackQuery): Promise<{ readonly rows: readonly FeedbackRow[]; readonly next?: string }>
}
