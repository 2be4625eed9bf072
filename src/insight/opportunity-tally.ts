import type { NeverFuzzy } from '../caching/semantic/fuzzy-question.ts'
import type { NanoUsd } from '../kit/money.ts'
import { adviceFor, type CacheAdvice } from './cache-advice.ts'
import type { SeenRequest, Unfit } from './opportunity-request.ts'

/** Requests that would be answered by a cache, and what that would save. */
export interface WouldSave {
  readonly requests: number
  readonly savedNanoUsd: NanoUsd
  readonly simulatedSavedNanoUsd: NanoUsd
  readonly tokens: number
}

/** What a cache would do for a route. */
export interface RouteOpportunity {
  readonly route: string
  /** Requests whose content was looked at. */
  readonly requests: number
  /** Of them, kept with marks in the place of values: those that differ in nothing else count as the same. */
  readonly redacted: number
  readonly costNanoUsd: NanoUsd
  /** Asked before in the very same words, and not to be answered by chance: `cache: true` would answer them. */
  readonly exact: WouldSave
  /** Asked before in the same words, where another answer is wanted each time: only `sampled: true` would answer them. */
  readonly sampled: WouldSave
  /** Asked before in other words, at most: the semantic cache would answer them where audits had earned it. */
  readonly similar: WouldSave
  readonly unfit: Readonly<Partial<Record<Unfit, number>>>
  /** Of those that are fit, how many are only ever compared as they are, by why. */
  readonly neverSimilar: Readonly<Partial<Record<NeverFuzzy, number>>>
  readonly advice: CacheAdvice
}

/** What was answered how, had there been a cache. */
export type AnsweredBy = 'exact' | 'similar' | 'nobody'

/** Adds up what a cache would do for a route. */
export class RouteTally {
  readonly #route: string
  readonly #exact = new SavingTally()
  readonly #sampled = new SavingTally()
  readonly #similar = new SavingTally()
  readonly #unfit: Partial<Record<Unfit, number>> = {}
  readonly #neverSimilar: Partial<Record<NeverFuzzy, number>> = {}
  #requests = 0
  #redacted = 0
  #costNanoUsd: NanoUsd = 0n

  constructor(route: string) {
    this.#route = route
  }

  add(seen: SeenRequest, by: AnsweredBy): void {
    this.#requests += 1
    this.#costNanoUsd += seen.costNanoUsd
    if (seen.isRedacted) this.#redacted += 1
    const { unfit, fuzzy } = seen
    if (unfit !== undefined) this.#unfit[unfit] = (this.#unfit[unfit] ?? 0) + 1
    if (fuzzy !== undefined && 'never' in fuzzy)
      this.#neverSimilar[fuzzy.never] = (this.#neverSimilar[fuzzy.never] ?? 0) + 1
    if (by === 'similar') this.#similar.add(seen)
    else if (by === 'exact') (seen.isSteady ? this.#exact : this.#sampled).add(seen)
  }

  told(): RouteOpportunity {
    const told = {
      route: this.#route,
      requests: this.#requests,
      redacted: this.#redacted,
      costNanoUsd: this.#costNanoUsd,
      exact: this.#exact.told(),
      sampled: this.#sampled.told(),
      similar: this.#similar.told(),
      unfit: this.#unfit,
      neverSimilar: this.#neverSimilar,
    }
    return { ...told, advice: adviceFor(told) }
  }
}

class SavingTally {
  #requests = 0
  #savedNanoUsd: NanoUsd = 0n
  #simulatedSavedNanoUsd: NanoUsd = 0n
  #tokens = 0

  add({ costNanoUsd, isSimulated, tokens }: SeenRequest): void {
    this.#requests += 1
    this.#tokens += tokens
    if (isSimulated) this.#simulatedSavedNanoUsd += costNanoUsd
    else this.#savedNanoUsd += costNanoUsd
  }

  told(): WouldSave {
    return {
      requests: this.#requests,
      savedNanoUsd: this.#savedNanoUsd,
      simulatedSavedNanoUsd: this.#simulatedSavedNanoUsd,
      tokens: this.#tokens,
    }
  }
}
