import type { GuardPhase } from '../exchange/guard.ts'
import type { Guardrail } from './guardrail.ts'
import { settledBy, type Found, type Looker } from './looker.ts'
import { Opinion } from './opinion.ts'

/** A guardrail that looks at texts by itself. */
export type Looking = Guardrail & { readonly looker: Looker }

/** Does it look at texts by itself? */
export function hasLooker(guardrail: Guardrail): guardrail is Looking {
  return guardrail.looker !== undefined
}

/** What eyes need. */
export interface EyeParts {
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number
  /** Told of a guardrail that broke, which is a defect. */
  readonly onDefect: (guardrail: string, error: unknown) => void
}

/** Characters for which the time of a guardrail is meant. */
const BUDGET_CHARACTERS = 1_000_000
const NOTHING: readonly Found[] = []

/** One guardrail looking at the texts of one request or one answer: how long it takes, and what it has found so far. */
export class Eye extends Opinion<Looking> {
  readonly #parts: EyeParts
  #characters = 0

  constructor(guardrail: Looking, phase: GuardPhase, parts: EyeParts) {
    super(guardrail, phase)
    this.#parts = parts
  }

  /** What it finds in a text; nothing once it has failed. Not counted yet. */
  look(text: string): readonly Found[] {
    if (this.hasFailed) return NOTHING
    this.#characters += text.length
    const begunMs = this.#parts.elapsedMs()
    let found = NOTHING
    try {
      found = this.guardrail.looker.look(text)
    } catch (thrown) {
      this.#parts.onDefect(this.guardrail.name, thrown)
      this.hasFailed = true
    }
    this.spentMs += this.#parts.elapsedMs() - begunMs
    return found
  }

  /** Would it find something in a text that is not said, but stands beside what is? That counts for nothing. */
  sees(text: string): boolean {
    return this.look(text).length > 0
  }

  /** It has failed where it took longer than it may over what it has looked at; of a stream that is some of it with each piece again. */
  checkTime(): void {
    const share = Math.max(1, Math.ceil(this.#characters / BUDGET_CHARACTERS))
    if (this.spentMs > this.guardrail.budgetMs * share) this.hasFailed = true
  }

  /** There is more than it can look at. */
  giveUp(): void {
    this.hasFailed = true
  }

  /**
   * It has found these in a text, in the order of their places. Of those that overlap the first counts, so that it makes no difference in
   * which pieces a text is shown.
   *
   * @param until where those end that were found in the text before
   * @returns where all of them end
   */
  add(found: readonly Found[], until = 0): number {
    let end = until
    for (const place of found) {
      if (place.start >= end) this.count(place.name)
      end = Math.max(end, place.end)
    }
    return end
  }

  /** How much of a text that is still being written is settled for it. @param shown how much of it was shown before */
  settled(text: string, shown: number): number {
    return this.hasFailed ? text.length : settledBy(this.guardrail.looker, text, shown)
  }
}
