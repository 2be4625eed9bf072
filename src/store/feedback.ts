/** What somebody thought of an answer. */
export interface FeedbackRow {
  readonly requestId: string
  readonly atMs: number
  /** From −1, useless, to 1. */
  readonly score: number
  readonly label?: string
  readonly comment?: string
  /** Who says so. */
  readonly by?: string
}

/** Feedback lies beside the request that it is about, and goes with it. */
export interface FeedbackStore {
  /** Adds one. Gives `unknown` where the log has no such request, and `full` where it has `LIMITS.requestFeedback` of it. */
  add(row: FeedbackRow): Promise<'added' | 'unknown' | 'full'>
  /** All of a request, oldest first. */
  of(requestId: string): Promise<readonly FeedbackRow[]>
}
