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
  /** Until the first of its credentials is worth a try, or `REFUSED`; undefined: now. */
  credentials(target: Target): number | undefined
  /** What was said of targets, and of their credentials, by the id of the target; absent where nothing rested. */
  readonly told: ToldRests
}

/** Rests that a decision was made by. */
export interface ToldRests {
  readonly targets?: ReadonlyMap<string, number>
  readonly credentials?: ReadonlyMap<string, number>
}

/** Nobody rests. */
export const NO_RESTS: RestView = { target: () => undefined, credentials: () => undefined, told: {} }

/** The rests of a decision that was made already. */
export function restsAsTold(told: ToldRests): RestView {
  return {
    target: ({ id }) => told.targets?.get(id),
    credentials: ({ id }) => told.credentials?.get(id),
    told,
  }
}
