import type { CacheScope } from '../exchange/cache.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import { readSeenRequest, type SeenRequest } from './opportunity-request.ts'
import { RouteTally, type AnsweredBy, type RouteOpportunity } from './opportunity-tally.ts'
import { SimilarQuestions } from './similar-questions.ts'
import type { SaidRow } from '../store/store.ts'

/** On what terms answers would be kept. */
export interface OpportunityTerms {
  /** How long an answer would be given again. */
  readonly ttlMs: number
  /** Who would share them. */
  readonly scope: CacheScope
}

/**
 * Tells what a cache would have saved, of requests whose content was kept. Holds a digest of each, and of what was said only the last texts
 * of users, `LIMITS.opportunityCharacters` of them. O(1) for each request, and its report O(n log n).
 */
export class CacheOpportunity {
  readonly #terms: OpportunityTerms
  readonly #seen: SeenRequest[] = []
  #characters = 0

  constructor(terms: OpportunityTerms) {
    this.#terms = terms
  }

  /** Takes a request, the newest first. What the house asked of its own accord is none. */
  see(said: SaidRow): void {
    const seen = readSeenRequest(said, this.#terms.scope)
    if (seen === undefined) return
    const { fuzzy } = seen
    if (fuzzy === undefined || 'never' in fuzzy) {
      this.#seen.push(seen)
      return
    }
    this.#characters += fuzzy.text.length
    const isTooMuch = this.#characters > LIMITS.opportunityCharacters
    this.#seen.push(isTooMuch ? { ...seen, fuzzy: undefined } : seen)
  }

  /** By route, most to save first; a step for each request. */
  *report(): Generator<void, readonly RouteOpportunity[]> {
    const tallies = new Map<string, RouteTally>()
    const cache = new SupposedCache(this.#terms.ttlMs)
    for (const seen of this.#seen.toSorted((one, other) => one.atMs - other.atMs)) {
      const tally = tallies.get(seen.route) ?? new RouteTally(seen.route)
      tallies.set(seen.route, tally)
      tally.add(seen, cache.answer(seen))
      yield
    }
    return [...tallies.values()].map((tally) => tally.told()).toSorted(bySavings)
  }
}

/** A cache without answers: it knows which it would have. */
class SupposedCache {
  readonly #ttlMs: number
  readonly #keptUntilMs = new Map<string, number>()
  readonly #similar = new SimilarQuestions()

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs
  }

  /** By what a request would be answered, not before those before it. */
  answer({ key, atMs, unfit, fuzzy }: SeenRequest): AnsweredBy {
    if (unfit !== undefined) return 'nobody'
    if ((this.#keptUntilMs.get(key) ?? 0) > atMs) return 'exact'
    const untilMs = atMs + this.#ttlMs
    this.#keptUntilMs.set(key, untilMs)
    const isFuzzy = fuzzy !== undefined && !('never' in fuzzy)
    return isFuzzy && this.#similar.meet(fuzzy, atMs, untilMs) ? 'similar' : 'nobody'
  }
}

function bySavings(one: RouteOpportunity, other: RouteOpportunity): number {
  const [left, right] = [savingsOf(one), savingsOf(other)]
  return left === right ? other.exact.requests - one.exact.requests : left < right ? 1 : -1
}

function savingsOf({ exact, sampled, similar }: RouteOpportunity): NanoUsd {
  return [exact, sampled, similar].reduce(
    (sum, one) => sum + one.savedNanoUsd + one.simulatedSavedNanoUsd,
    0n,
  )
}
