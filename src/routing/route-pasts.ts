import type { LoadView } from '../exchange/load-view.ts'
import type { Route } from '../exchange/route.ts'
import type { Candidate } from './choice.ts'

/** Who is asked for other reasons than its turn for long is owed no more than these many rounds. */
const MOST_ROUNDS = 10

/**
 * What routes chose, each for as long as its plan is in force, for strategies that share out exactly or stay where they were. It
 * is told as a part of the loads, so that a ranking follows from its question. Routes that do not ask for it cost nothing.
 */
export class RoutePasts {
  readonly #byRoute = new WeakMap<Route, Past>()

  /** The loads with what the route chose before. */
  on(route: Route, load: LoadView): LoadView {
    const past = route.ranking.remembers === 'nothing' ? undefined : this.#byRoute.get(route)
    return past === undefined ? load : past.on(load)
  }

  /** A route has chosen; where there was nothing to choose from, nothing is taken down. */
  note(route: Route, candidates: readonly Candidate[]): void {
    const { remembers } = route.ranking
    const [first] = candidates
    if (remembers === 'nothing' || first === undefined || first.lastResort) return
    let past = this.#byRoute.get(route)
    if (past === undefined) {
      past = new Past(route)
      this.#byRoute.set(route, past)
    }
    if (remembers === 'shares') past.share(first, candidates)
    else past.last = first.target.id
  }
}

class Past {
  last?: string
  readonly #weights: ReadonlyMap<string, number>
  readonly #owed = new Map<string, number>()

  constructor({ targets }: Route) {
    this.#weights = new Map(targets.map(({ target, weight }) => [target.id, weight]))
  }

  on(load: LoadView): LoadView {
    return {
      firstTokenQuantileMs: (target, inputTokens, share) =>
        load.firstTokenQuantileMs(target, inputTokens, share),
      of: (target, route) => {
        const measured = load.of(target, route)
        if (target === this.last) return { ...measured, wasFirst: 1 }
        const owed = this.#owed.get(target)
        return owed === undefined ? measured : { ...measured, owed }
      },
    }
  }

  /** Every target that could have been asked is owed its weight, and who is asked has had all of them. */
  share(first: Candidate, candidates: readonly Candidate[]): void {
    let total = 0
    for (const { target } of candidates) {
      const weight = this.#weights.get(target.id)
      // Fallbacks follow behind all targets of the route.
      if (weight === undefined) break
      total += weight
      this.#owed.set(target.id, (this.#owed.get(target.id) ?? 0) + weight)
    }
    const most = MOST_ROUNDS * total
    for (const [target, owed] of this.#owed) {
      const left = target === first.target.id ? owed - total : owed
      this.#owed.set(target, Math.min(most, Math.max(-most, left)))
    }
  }
}
