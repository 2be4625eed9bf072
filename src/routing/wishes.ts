import { PREFERRED } from '../exchange/decision.ts'
import { isNamed } from '../exchange/request-options.ts'
import { entriesOf, type RankedTarget, type RankQuestion, type Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { showUsd, type NanoUsd } from '../kit/money.ts'
import type { Refusal } from './refuse-by-facts.ts'

/** Share of a target's streams that must begin in time. */
const IN_TIME = 0.95

/** What a request wishes of whoever answers it, beside what a target either fulfils or does not. */
export interface Wishes {
  /** The most that an attempt may cost, and what one at a target may come to: undefined where it has no price. */
  readonly cost?: { readonly maxNanoUsd: NanoUsd; readonly mostOf: (target: Target) => NanoUsd | undefined }
  /** How late a stream may begin. */
  readonly maxTtftMs?: number
  /** How good a model must be, 0 to 1. */
  readonly minQuality?: number
}

/**
 * Why a target is not as the request wishes. A price that is not known may be any, and so may a quality: what is guessed from a price, as
 * strategies do that need some number, holds for nobody who insists. A time that is not known excludes nobody.
 */
export function refuseByWishes(
  target: Target,
  { cost, maxTtftMs, minQuality }: Wishes,
  { load, features }: Pick<RankQuestion, 'load' | 'features'>,
): Refusal | undefined {
  // Of all such targets the same is said, so that a record of many stays short.
  if (minQuality !== undefined) {
    const { quality } = target.capabilities
    if (quality === undefined)
      return { reason: 'below-min-quality', detail: `its quality is not known, and ${minQuality} is wished` }
    if (quality < minQuality)
      return { reason: 'below-min-quality', detail: `below the quality of ${minQuality} that is wished` }
  }
  if (cost !== undefined) {
    const mostNanoUsd = cost.mostOf(target)
    if (mostNanoUsd === undefined || mostNanoUsd > cost.maxNanoUsd)
      return { reason: 'above-max-cost', detail: `at most ${showUsd(cost.maxNanoUsd)} is allowed` }
  }
  if (maxTtftMs === undefined) return undefined
  const knownMs = load.firstTokenQuantileMs(target.id, features.inputTokens, IN_TIME)
  if (knownMs === undefined || knownMs <= maxTtftMs) return undefined
  return { reason: 'above-max-ttft', detail: `begins later than the ${maxTtftMs} ms that are allowed` }
}

/** What an attempt at a target may come to, in words; undefined where nobody asked for that. */
export function tellCost({ cost }: Wishes, target: Target): string | undefined {
  if (cost === undefined) return undefined
  const mostNanoUsd = cost.mostOf(target)
  return mostNanoUsd === undefined ? 'has no price' : `may cost ${showUsd(mostNanoUsd)}`
}

/** The places of the targets that a request names, by their ids; undefined where it names none of them. */
export function placesOf(
  route: Pick<Route, 'targets' | 'fallback'>,
  order: readonly string[] | undefined,
): ReadonlyMap<string, number> | undefined {
  if (order === undefined) return undefined
  const places = new Map<string, number>()
  for (const { target } of entriesOf(route)) {
    const place = order.findIndex((name) => isNamed(target, name))
    if (place >= 0) places.set(target.id, place)
  }
  return places.size === 0 ? undefined : places
}

/** Those whom the request names first come first, in its order; the others keep theirs. */
export function inWishedOrder(
  ranked: readonly RankedTarget[],
  order: ReadonlyMap<string, number>,
): readonly RankedTarget[] {
  const placeOf = ({ target }: RankedTarget): number => order.get(target.id) ?? Number.MAX_SAFE_INTEGER
  const [first, ...rest] = ranked.toSorted((left, right) => placeOf(left) - placeOf(right))
  if (first === undefined || !order.has(first.target.id)) return ranked
  return [{ ...first, reason: PREFERRED }, ...rest]
}
