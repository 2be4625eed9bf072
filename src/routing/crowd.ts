import type { Target } from '../exchange/target.ts'

/** How many requests a target has under way, as this process sees it. */
export interface InFlightView {
  of(target: string): { readonly inFlight: number }
}

/** A target with fewer requests than this is not crowded, however few the others have: a handful says nothing about load. */
const CROWD = 8

/**
 * Who is crowded among the targets: whoever has more than `bound` times the mean of requests under way. That bounds how far
 * keys that are in demand can burden one target (consistent hashing with bounded loads).
 */
export function crowdAmong(
  targets: readonly Target[],
  view: InFlightView | undefined,
  bound: number,
): (target: Target) => boolean {
  if (view === undefined) return () => false
  let total = 0
  for (const { id } of targets) total += view.of(id).inFlight
  const most = Math.max(CROWD, (bound * total) / targets.length)
  return ({ id }) => view.of(id).inFlight > most
}
