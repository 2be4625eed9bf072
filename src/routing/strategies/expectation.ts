import type { TargetLoad } from '../../exchange/load-view.ts'
import type { RankQuestion, RouteTarget } from '../../exchange/route.ts'

/** Tokens of an answer where nobody has seen any: a few paragraphs. */
const USUAL_OUTPUT_TOKENS = 500

/** A target with its load. */
export interface LoadedTarget extends RouteTarget {
  readonly load: TargetLoad
}

/** Looks up the load of every target, once each. */
export function withLoads(
  targets: readonly RouteTarget[],
  { load, route }: RankQuestion,
): readonly LoadedTarget[] {
  return targets.map(({ target, weight }) => ({ target, weight, load: load.of(target.id, route.name) }))
}

/**
 * The middle of what is known of a number; undefined where nothing is. It stands in where a target was never seen: neither the best
 * of them, which would draw everything to it, nor the worst, which would keep it from ever being seen.
 */
export function middleOf(
  targets: readonly LoadedTarget[],
  read: (load: TargetLoad) => number | undefined,
): number | undefined {
  const known: number[] = []
  for (const { load } of targets) {
    const value = read(load)
    if (value !== undefined) known.push(value)
  }
  if (known.length < 2) return known[0]
  known.sort((left, right) => left - right)
  return known[(known.length - 1) >> 1]
}

/** How long an answer is expected to be: what was measured, and no more than is asked for. */
export function outputTokens(
  measured: number | undefined,
  middle: number | undefined,
  { features }: RankQuestion,
): number {
  const expected = measured ?? middle ?? USUAL_OUTPUT_TOKENS
  return features.maxOutputTokens === undefined ? expected : Math.min(expected, features.maxOutputTokens)
}
