import type { LimitCount, LimitLeft } from '../exchange/provider-limit.ts'

const MINUTE_MS = 60_000

/**
 * What is left of a limit, as far as this process knows: what it was told or began with, less what it has taken since. It comes back
 * evenly until it is all there.
 */
export class Allowance {
  readonly counts: LimitCount
  readonly #limit: number
  #left: number
  #atMs: number
  /** How much comes back in a millisecond. */
  #perMs: number

  constructor({ counts, limit, left, resetMs }: LimitLeft, nowMs: number) {
    this.counts = counts
    this.#limit = limit
    this.#left = left
    this.#atMs = nowMs
    this.#perMs = returning(limit, left, resetMs)
  }

  get limit(): number {
    return this.#limit
  }

  /** How much is left; never less than nothing. */
  leftAt(nowMs: number): number {
    return Math.max(0, this.#refilled(nowMs))
  }

  take(amount: number, nowMs: number): void {
    this.#left = this.#refilled(nowMs) - amount
    this.#atMs = nowMs
  }

  #refilled(nowMs: number): number {
    return Math.min(this.#limit, this.#left + (nowMs - this.#atMs) * this.#perMs)
  }
}

/** Who is told a time gets all back by then; else it is a limit by the minute. */
function returning(limit: number, left: number, resetMs: number | undefined): number {
  if (resetMs === undefined) return limit / MINUTE_MS
  return resetMs <= 0 ? limit : Math.max(limit - left, 1) / resetMs
}

/** The limits of a credential at a target, or of a credential as the operator set them. */
export class Allowances {
  #all: readonly Allowance[] = []

  /** The provider has told what is left: that counts from now on. */
  tell(limits: readonly LimitLeft[], nowMs: number): void {
    this.#all = limits.map((limit) => new Allowance(limit, nowMs))
  }

  take({
    requests,
    tokens,
    nowMs,
  }: {
    readonly requests: number
    readonly tokens: number
    readonly nowMs: number
  }): void {
    for (const one of this.#all) one.take(one.counts === 'requests' ? requests : tokens, nowMs)
  }

  /** The share that is left of the scarcest, 0 to 1; undefined where there is none. */
  shareAt(nowMs: number): number | undefined {
    let least: number | undefined
    for (const one of this.#all) {
      const share = one.counts === 'requests' && one.leftAt(nowMs) < 1 ? 0 : one.leftAt(nowMs) / one.limit
      if (least === undefined || share < least) least = share
    }
    return least
  }

  /** How many tokens are left; infinitely many where they are not limited. */
  tokensAt(nowMs: number): number {
    let least = Number.POSITIVE_INFINITY
    for (const one of this.#all) if (one.counts === 'tokens') least = Math.min(least, one.leftAt(nowMs))
    return least
  }
}
