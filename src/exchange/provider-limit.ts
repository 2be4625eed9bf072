/** What a limit counts. */
export type LimitCount = 'requests' | 'tokens'

/** The headers in which a provider tells of one of its limits with every answer, lower case. */
export interface LimitHeaders {
  readonly counts: LimitCount
  readonly limit: string
  readonly left: string
  /** When it is all there again. */
  readonly reset: string
}

/** What a provider says is left of one of its limits. */
export interface LimitLeft {
  readonly counts: LimitCount
  readonly limit: number
  readonly left: number
  /** Until it is all there again; absent: it does not say. */
  readonly resetMs?: number
}
