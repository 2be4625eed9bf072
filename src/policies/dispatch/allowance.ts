import type { ExtraTerms } from '../../exchange/pace-terms.ts'
import type { NanoUsd } from '../../kit/money.ts'

/** Extra starts that are there from the beginning, and the most that can be saved up. */
const BURST = 10
/** How many answers what an answer usually costs is the mean of. */
const USUAL_OF = 32n
const MILLION = 1_000_000

/**
 * What may be spent on attempts beside others: starts, of which each request brings a share, and money, of which what each answer
 * cost brings one. Money is held for an attempt at what an answer usually costs, and settled at what it did cost.
 */
export class Allowance {
  #starts = BURST
  /** Absent until it is known what an answer costs. */
  #savedNanoUsd: NanoUsd | undefined
  #usualNanoUsd: NanoUsd | undefined

  /** A request came. */
  earnStart({ extraStarts = 1 }: ExtraTerms): void {
    this.#starts = Math.min(BURST, this.#starts + extraStarts)
  }

  /** An answer was paid. */
  earnMoney({ extraCost }: ExtraTerms, costNanoUsd: NanoUsd): void {
    const usual = this.#usualNanoUsd ?? costNanoUsd
    this.#usualNanoUsd = usual + (costNanoUsd - usual) / USUAL_OF
    if (extraCost === undefined || this.#savedNanoUsd === undefined) return
    const earned = (costNanoUsd * BigInt(Math.round(extraCost * MILLION))) / BigInt(MILLION)
    const most = this.#usualNanoUsd * BigInt(BURST)
    const saved = this.#savedNanoUsd + earned
    if (saved <= most) this.#savedNanoUsd = saved
    else if (this.#savedNanoUsd < most) this.#savedNanoUsd = most
  }

  /** What one attempt is expected to cost: as much as an answer usually does, and at most what it may. */
  expected(mostNanoUsd: NanoUsd): NanoUsd {
    const usual = this.#usualNanoUsd
    return usual === undefined || usual > mostNanoUsd ? mostNanoUsd : usual
  }

  /** Is there something left for an attempt that is expected to cost so much? */
  has(terms: ExtraTerms, expectedNanoUsd: NanoUsd): boolean {
    if (areBounded(terms) && this.#starts < 1) return false
    if (terms.extraCost === undefined || expectedNanoUsd === 0n) return true
    this.#savedNanoUsd ??= expectedNanoUsd * BigInt(BURST)
    return this.#savedNanoUsd > 0n
  }

  /** Takes a start, and holds the money for it. */
  take(terms: ExtraTerms, expectedNanoUsd: NanoUsd): void {
    if (areBounded(terms)) this.#starts -= 1
    if (this.#savedNanoUsd !== undefined) this.#savedNanoUsd -= expectedNanoUsd
  }

  /** Gives back a start that was not made. */
  giveBack(terms: ExtraTerms): void {
    if (areBounded(terms)) this.#starts += 1
  }

  /** What was held cost something else. */
  settle(heldNanoUsd: NanoUsd, costNanoUsd: NanoUsd): void {
    if (this.#savedNanoUsd !== undefined) this.#savedNanoUsd += heldNanoUsd - costNanoUsd
  }
}

/** Are starts counted at all? Where every request brings one they are not: however many come at once, each may use its own. */
function areBounded({ extraStarts = 1 }: ExtraTerms): boolean {
  return extraStarts < 1
}
