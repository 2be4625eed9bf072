import type { Condition } from '../exchange/condition.ts'
import { LIMITS } from '../kit/limits.ts'
import { routeAsked, type Change, type Made } from './change.ts'
import type { Decided, Imagined } from './decide-again.ts'
import { factChanges } from './fact-changes.ts'
import { surroundingChanges } from './surrounding-changes.ts'
import { probeTokens } from './token-changes.ts'

/** One thing that would lead somewhere else, were it otherwise: that it does so was seen by deciding again. */
export interface Flip {
  readonly change: Change
  readonly decided: Decided
}

/** More than so many are not read. */
const MOST_FLIPS = 8

/**
 * What would lead a request to another target than the first that it has, the nearest first; of what leads to the same the nearest. Pure:
 * decides again for everything that it tries, at most `LIMITS.explainTrials` times.
 */
export function flipsOf(made: Made): readonly Flip[] {
  const search = new Search(made)
  const steps = routeAsked(made)?.steps ?? []
  const conditions = [...(made.plan.matches ?? []), ...steps].flatMap(({ when }) => when ?? [])
  search.tryAll(factChanges(made.imagined, conditions))
  search.tryAll(surroundingChanges(made))
  probeTokens(made, (change) => search.flips(change))
  for (const { name, when } of steps) {
    if (when !== undefined && !search.reached.has(name)) search.tryAll(pairsFor(made.imagined, when))
  }
  return search.found()
}

/** Two things at once that make a condition hold, which none of them does alone: the nearest such pair. */
function pairsFor(imagined: Imagined, when: Condition): readonly Change[] {
  const changes = factChanges(imagined, [when])
  const pairs = changes.flatMap((one, index) =>
    changes.slice(index + 1).flatMap((other) => (one.about === other.about ? [] : [both(one, other)])),
  )
  const holding = pairs
    .slice(0, LIMITS.explainTrials)
    .filter(({ apply }) => when.holds(apply(imagined).facts) === true)
  return holding.toSorted((left, right) => left.distance - right.distance).slice(0, 1)
}

function both(one: Change, other: Change): Change {
  return {
    text: `${one.text} and ${other.text}`,
    about: `${one.about} and ${other.about}`,
    distance: one.distance + other.distance,
    apply: (imagined) => other.apply(one.apply(imagined)),
  }
}

/** Tries changes one after the other, and remembers what came of them. */
class Search {
  /** Steps of the route that some change leads to. */
  readonly reached = new Set<string>()
  readonly #made: Made
  readonly #nearest = new Map<string, Flip>()
  #trials = 0

  constructor(made: Made) {
    this.#made = made
    this.#reach(made.decided)
  }

  tryAll(changes: readonly Change[]): void {
    for (const change of changes) this.flips(change)
  }

  /** Does a change lead elsewhere? No, once too much was tried. */
  flips(change: Change): boolean {
    if (this.#trials >= LIMITS.explainTrials) return false
    this.#trials += 1
    const { decide, imagined, decided: before } = this.#made
    const decided = decide(change.apply(imagined))
    // That a key may not say something of a request tells nothing of the choice.
    if (decided.failure?.code === 'override-not-allowed') return false
    this.#reach(decided)
    if (firstOf(decided) === firstOf(before)) return false
    const key = `${change.about}: ${firstOf(decided)}`
    const known = this.#nearest.get(key)
    if (known === undefined || change.distance < known.change.distance)
      this.#nearest.set(key, { change, decided })
    return true
  }

  #reach(decided: Decided): void {
    const step = stepOf(decided)
    if (step !== undefined) this.reached.add(step)
  }

  found(): readonly Flip[] {
    return [...this.#nearest.values()]
      .toSorted((left, right) => left.change.distance - right.change.distance)
      .slice(0, MOST_FLIPS)
  }
}

/** The step of the route that a request takes, also where that refuses it. */
export function stepOf({ steps }: Decided): string | undefined {
  return steps.find((step) => step.step === 'condition')?.picked
}

/** Who is asked first, or why nobody is. */
function firstOf({ candidates: [first], failure }: Decided): string {
  return first?.target.id ?? failure?.code ?? ''
}
