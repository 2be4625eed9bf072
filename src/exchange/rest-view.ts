import type { Target } from './target.ts'

/** The credentials of a target are all refused, for no time that anybody knows. */
export const REFUSED = -1

/**
 * Who rests at the moment of one decision, for whoever is asking. Times are whole milliseconds from that moment, so that a record of
 * them leads to the same decision again.
 */
export interface RestView {
  /** Until the target takes a call; undefined: now. */
  target(target: Target): number | undefined
  /** Does a target that rests answer now and then? */
  isPartial(target: Target): boolean
  /** Until the first of its credentials is worth a try, or `REFUSED`; undefined: now. */
  credentials(target: Target): number | undefined
  /** What was said of targets, and of their credentials, by the id of the target; absent where nothing rested. */
  readonly told: ToldRests
}

/** Rests that a decision was made by. */
export interface ToldRests {
  /** Below zero where it answers now and then. */
  readonly targets?: ReadonlyMap<string, number>
  readonly credentials?: ReadonlyMap<string, number>
}

/** Nobody rests. */
export const NO_RESTS: RestView = {
  target: () => undefined,
  isPartial: () => false,
  credentials: () => undefined,
  told: {},
}

/** The rests of a decision that was made already. */
export function restsAsTold(told: ToldRests): RestView {
  return {
    target: ({ id }) => lengthOf(told.targets?.get(id)),
    isPartial: ({ id }) => (told.targets?.get(id) ?? 0) < 0,
    credentials: ({ id }) => told.credentials?.get(id),
    told,
  }
}

/** How long a rest is, of which it may be told that it is one in part. */
export function lengthOf(told: number | undefined): number | undefined {
  return told === undefined ? undefined : Math.abs(told)
}
