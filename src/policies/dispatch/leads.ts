import { LARGER_CONTEXT, type RankStep } from '../../exchange/decision.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { Route } from '../../exchange/route.ts'
import type { Target } from '../../exchange/target.ts'
import type { Trail } from '../../exchange/trail.ts'
import type { Candidate } from '../../routing/choice.ts'
import type { Lineup } from './lineup.ts'

/** What is known of who comes after which failure. */
export interface LeadsParts {
  readonly route: Route
  readonly trail: Trail
  readonly chooseFor: ChooseFor
}

/** Chooses among those that a route has for a failure, and takes down how. */
export type ChooseFor = (led: Route) => readonly Candidate[]

/** Brings to the front of a lineup who is better placed for what has just failed. */
export class Leads {
  readonly #parts: LeadsParts
  /** Failures that have brought somebody to the front, which each does once. */
  #done: FailureCode[] | undefined

  constructor(parts: LeadsParts) {
    this.#parts = parts
  }

  /** A target has failed: whoever the route has for that comes first, or whoever takes longer conversations where that is what failed. */
  after({ code, row, details }: Failure, failed: Target, lineup: Lineup): void {
    const { leads, alsoFailOver } = this.#parts.route
    const led = leads?.get(code)
    if (led === undefined && code !== 'context-overflow') return
    if (this.#done?.includes(code) === true) return
    this.#done ??= []
    this.#done.push(code)
    if (led === undefined)
      return this.#largerFirst(lineup, details.overflow?.limitTokens ?? contextOf(failed) ?? 0)
    // Where a failure leads elsewhere only by choice, nobody else was chosen.
    const keepsOthers = row.failOver !== 'no' || alsoFailOver.includes(code)
    const chosen = this.#parts.chooseFor(led)
    lineup.rearrange((rest, asked) => {
      const first = without(chosen, asked)
      return keepsOthers ? [...first, ...without(rest, first)] : first
    })
  }

  /** Those that are known to take more come first, the one that takes most before the others; those that take no more than `least` come last. */
  #largerFirst(lineup: Lineup, least: number): void {
    const worth = ({ target }: Candidate): number => {
      const context = contextOf(target)
      if (context === undefined) return 0
      return context > least ? context : -1
    }
    lineup.rearrange((rest) => {
      const inOrder = rest.toSorted((left, right) => worth(right) - worth(left))
      if (inOrder[0] !== rest[0]) this.#tell(inOrder)
      return inOrder
    })
  }

  #tell(inOrder: readonly Candidate[]): void {
    const { route, trail } = this.#parts
    const targets = inOrder.map(({ target }): RankStep['targets'][number] => {
      const context = contextOf(target)
      return context === undefined ? { target: target.id } : { target: target.id, detail: `takes ${context}` }
    })
    trail.decide({ step: 'rank', strategy: route.ranking.strategy, reason: LARGER_CONTEXT, targets })
  }
}

function without(candidates: readonly Candidate[], others: readonly Candidate[]): readonly Candidate[] {
  const ids = new Set(others.map(({ target }) => target.id))
  return candidates.filter(({ target }) => !ids.has(target.id))
}

function contextOf({ capabilities: { contextTokens, maxInputTokens } }: Target): number | undefined {
  return contextTokens ?? maxInputTokens
}
