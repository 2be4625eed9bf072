import type { NanoUsd } from '../kit/money.ts'

/** What attempts that are begun beside others may come to. */
export interface ExtraTerms {
  /** Of which share of the requests one may be begun, 0 to 1; absent: of all. */
  readonly extraStarts?: number
  /** What they may cost, as a share of what answers cost; absent: as much as they do. */
  readonly extraCost?: number
  /** One that may cost more than this is not begun. */
  readonly ceilingNanoUsd?: NanoUsd
}

/** Several targets are asked at once, and the first to answer wins. */
export interface RaceTerms extends ExtraTerms {
  readonly kind: 'race'
  /** How many run beside each other. */
  readonly of: number
  /** What an answer wins by: its beginning, or being whole. */
  readonly accept: 'first-token' | 'whole'
}

/** A second target is asked beside the first when that has not answered for a while, and the first to answer wins. */
export interface HedgeTerms extends ExtraTerms {
  readonly kind: 'hedge'
  /** How long that is: a time, or that within which this share of the first one's answers begin. */
  readonly after: { readonly ms: number } | { readonly share: number; readonly leastMs: number }
}

/** What a route says of when further attempts are begun beside one that runs; each kind is made a pace in dispatch (`paces/`). */
export type PaceTerms = RaceTerms | HedgeTerms
