/** Several targets are asked at once, and the first to answer wins. */
export interface RaceTerms {
  readonly kind: 'race'
  /** How many run beside each other. */
  readonly of: number
}

/** A second target is asked beside the first when that has not answered for a while, and the first to answer wins. */
export interface HedgeTerms {
  readonly kind: 'hedge'
  /** How long that is. */
  readonly afterMs: number
}

/** What a route says of when further attempts are begun beside one that runs; each kind is made a pace in dispatch (`paces/`). */
export type PaceTerms = RaceTerms | HedgeTerms
