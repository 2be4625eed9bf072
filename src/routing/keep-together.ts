import { KEPT_TOGETHER } from '../exchange/decision.ts'
import type { Affinity } from '../exchange/affinity.ts'
import type { RankedTarget, RankQuestion, Route } from '../exchange/route.ts'
import { CACHED_FROM_TOKENS, type Target } from '../exchange/target.ts'
import { rendezvousScore } from '../kit/rendezvous.ts'
import { crowdAmong, type InFlightView } from './crowd.ts'

/** Scores that differ by no more than this are held for equal where a strategy says that about is enough. */
const ABOUT = 1.15

/**
 * Puts the target first at which requests that belong together are kept: where their prompt is cached, else the one that they belong to
 * by weighted rendezvous hashing. Only targets of the route itself that the strategy allows, none that is crowded; the rest keeps
 * its order. Gives the order itself where nothing is kept together.
 *
 * @param ranked the eligible targets in the order of the strategy
 */
export function keepTogether(
  ranked: readonly RankedTarget[],
  route: Route,
  question: RankQuestion & { readonly load?: InFlightView },
): readonly RankedTarget[] {
  const { affinity } = question
  if (affinity === undefined || ranked.length < 2 || route.ranking.keepsTogether === 'nowhere') return ranked
  const open = affinity.by === 'session' ? ranked : ranked.filter(({ target }) => isCached(target, question))
  const warm = findWarm(open, route, affinity)
  if (warm === undefined && isLeft(open, route, affinity)) return ranked
  const isCrowded = crowdAmong(
    ranked.map(({ target }) => target),
    question.load,
    affinity.bound,
  )
  const kept =
    warm !== undefined && !isCrowded(warm.target)
      ? warm
      : nearest(
          equalsOf(open, ranked, route).filter(({ target }) => !isCrowded(target)),
          route,
          affinity.hash,
        )
  if (kept === undefined) return ranked
  return [tell(kept, affinity), ...ranked.filter((one) => one !== kept)]
}

/** Is the prompt long enough for its cache? A session is kept however short it is, as its client named it. */
function isCached({ capabilities }: Target, { features }: RankQuestion): boolean {
  return features.inputTokens >= (capabilities.cachedFromTokens ?? CACHED_FROM_TOKENS)
}

/** The target in whose cache the prompt lies, where the strategy lets it stay there. */
function findWarm(
  open: readonly RankedTarget[],
  { ranking }: Route,
  { warm }: Affinity,
): RankedTarget | undefined {
  const found = warm && open.find(({ target }) => target.id === warm.target)
  const [best] = open
  if (found === undefined || best === undefined || ranking.keepsTogether === 'anywhere') return found
  if (isEqual(found, best, ranking.keepsTogether)) return found
  // Who has no price is no dearer for all that is known, and that is no reason to leave.
  return ranking.keepsTogether === 'until-cheaper' && found.target.price === undefined ? found : undefined
}

/** Is the cache left although its target may be asked, because the strategy has reckoned with it and another is still cheaper? */
function isLeft(open: readonly RankedTarget[], { ranking }: Route, { warm }: Affinity): boolean {
  if (warm === undefined || ranking.keepsTogether !== 'until-cheaper') return false
  return open.some(({ target }) => target.id === warm.target)
}

function equalsOf(
  open: readonly RankedTarget[],
  [best]: readonly RankedTarget[],
  { ranking: { keepsTogether } }: Route,
): readonly RankedTarget[] {
  if (best === undefined || keepsTogether === 'anywhere') return open
  return open.filter((one) => isEqual(one, best, keepsTogether))
}

function isEqual(one: RankedTarget, best: RankedTarget, keeps: Route['ranking']['keepsTogether']): boolean {
  if (one.score === undefined || best.score === undefined) return one === best
  return one.score <= best.score * (keeps === 'among-equals' ? ABOUT : 1)
}

function nearest(
  equals: readonly RankedTarget[],
  { ranking, targets }: Route,
  key: number,
): RankedTarget | undefined {
  const weights = ranking.usesWeights
    ? new Map(targets.map(({ target, weight }) => [target, weight]))
    : undefined
  let best: RankedTarget | undefined
  let bestScore = Number.MAX_VALUE
  for (const one of equals) {
    const weight = weights === undefined ? 1 : (weights.get(one.target) ?? 0)
    const score = rendezvousScore(key, one.target.id, weight)
    if (score >= bestScore) continue
    best = one
    bestScore = score
  }
  return best
}

function tell(kept: RankedTarget, { by, warm }: Affinity): RankedTarget {
  const { target } = kept
  const isWarm = warm?.target === target.id
  const own = `affinity ${by} -> ${target.id}${isWarm ? ' (warm)' : ''}`
  const detail = kept.detail === undefined ? own : `${kept.detail}; ${own}`
  return { ...kept, detail, reason: KEPT_TOGETHER }
}
