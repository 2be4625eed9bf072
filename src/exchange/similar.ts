import type { ShadowTerms } from './shadow.ts'

/** On what terms the answers to similar questions are given. */
export interface SimilarTerms {
  /** The model or route that makes vectors of texts. */
  readonly embeddings: string
  /** The share of wrong answers that may be, 0 to 1. */
  readonly epsilon: number
  /** Questions that are less near are not looked at, as a cosine. */
  readonly least: number
  /** How long a call may be delayed for a vector and a search. */
  readonly waitMs: number
  /** The route that is asked whether two answers say the same; absent: only those do that are written alike. */
  readonly judge?: string
  /** What asking again, to see whether an answer was right, may cost. */
  readonly budget: ShadowTerms['budget']
}

/**
 * What came of looking for a similar question: its answer was given, or not yet, as the model was asked to learn whether it would have been
 * right; there was none; this request is only compared as it is; there was no vector in time; or similar answers are turned off.
 */
export type SimilarOutcome = 'served' | 'explored' | 'none' | 'never' | 'late' | 'off'

/** A question was looked for that is similar. */
export interface SimilarStep {
  readonly step: 'similar'
  readonly outcome: SimilarOutcome
  /** Why it is never looked for, or what stood against the nearest. */
  readonly reason?: string
  /** How near it was, as a cosine. */
  readonly similarity?: number
}
