import type { TargetLoad } from '../../exchange/load-view.ts'

/** A target of which all calls fail counts this many times as much, and once more. */
const ERROR_PENALTY = 10

/**
 * How much of its share a target is given, above 0 to 1: less while calls to it fail, and while it comes back from a rest.
 */
export function trust({ errorShare, warmth }: TargetLoad): number {
  return warmth / (1 + ERROR_PENALTY * errorShare)
}
