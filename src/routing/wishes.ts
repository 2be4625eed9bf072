import { PREFERRED } from '../exchange/decision.ts'
import { isNamed } from '../exchange/request-options.ts'
import type { RankedTarget, RankQuestion } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { formatUsd, type NanoUsd } from '../kit/money.ts'
import type { Refusal } from './refuse-by-facts.ts'

/** Share of a target's streams that must begin in time. */
const IN_TIME = 0.95

/** What a request wishes of whoever answers it, beside what a target either fulfils or does not. */
export interface Wishes {
  /** The most that an attempt may cost, and what one at a target may come to: undefined where it has no price. */
  readonly cost?: { readonly maxNanoUsd: NanoUsd; readonly mostOf: (target: Target) => NanoUsd | undefined }
  /** How late a stream may begin. */
  readonly maxTtftMs?: number
  /** Providers or targets that are asked before the others. */
  readonly order?: readonly string[]
}

/** Why a target is not as the request wishes. A price that is not known may be any; a time that is not known excludes nobody. */
export function refuseByWishes(
  target: Target,
  { cost, maxTtftMs }: Wishes,
  { load, features }: Pick<RankQuestion, 'load' | 'features'>,
): Refusal | undefined {
  if (cost !== undefined) {
    const mostNanoUsd = cost.mostOf(target)
    if (mostNanoUsd === undefined || mostNanoUsd > cost.maxNanoUsd) {
      const told = mostNanoUsd === undefined ? 'has no price' : `may cost $${formatUsd(mostNanoUsd)}`
      return {
        reason: 'above-max-cost',
        detail: `${told}, at most $${formatUsd(cost.maxNanoUsd)} is allowed`,
      }
    }
  }
  if (maxTtftMs === undefined) return undefined
  const knownMs = load.firstTokenQuantileMs(target.id, features.inputTokens, IN_TIME)
  if (knownMs === undefined || knownMs <= maxTtftMs) return undefined
  return { reason: 'above-max-ttft', detail: `begins after ${knownMs} ms, ${maxTtftMs} ms are allowed` }
}

/** Those whom the request names first come first, in its order; the others keep theirs. */
export function inWishedOrder(
  ranked: readonly RankedTarget[],
  order: readonly string[],
): readonly RankedTarget[] {
  const placeOf = ({ target }: RankedTarget): number => {
    const place = order.findIndex((name) => isNamed(target, name))
    return place < 0 ? order.length : place
  }
  const sorted = ranked.toSorted((left, right) => placeOf(left) - placeOf(right))
  const [first, ...rest] = sorted
  if (first === undefined || placeOf(first) === order.length) return ranked
  return [{ ...first, reason: PREFERRED }, ...rest]
}
