import type { RequestFeatures } from '../exchange/features.ts'
import type { Target, Timeouts } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru, type Lru } from '../kit/lru.ts'

/** The limit allows a target this many times what it took at its slowest. */
const STRETCH = 3
/** What is quicker than this stretches no limit that there is. */
const NOTEWORTHY_MS = 10_000
/** What remains of the slowest time with every later one. */
const FADING = 0.95

/**
 * How long slow targets took to begin, so that what is usual for one of them is not taken for a failure. Nothing is
 * remembered of the others.
 */
export class FirstTokenTimes {
  readonly #slowestMs: Lru<string, number> = createLru(LIMITS.healthEntries)

  /** The first token of a target came after `tookMs`. */
  observe(target: string, tookMs: number): void {
    const knownMs = this.#slowestMs.get(target)
    if (knownMs === undefined && tookMs < NOTEWORTHY_MS) return
    const slowestMs = Math.max(tookMs, (knownMs ?? 0) * FADING)
    if (slowestMs < NOTEWORTHY_MS) this.#slowestMs.delete(target)
    else this.#slowestMs.set(target, slowestMs)
  }

  /** The limits for a request to a target: longer where it is asked to reason or was seen to take longer, never shorter. */
  limits({ id, timeouts }: Target, { reasoning: isReasoning }: RequestFeatures): Timeouts {
    const { reasoning, elastic } = timeouts
    const slowestMs = elastic === true ? this.#slowestMs.get(id) : undefined
    const isAsked = reasoning !== undefined && isReasoning
    if (!isAsked && slowestMs === undefined) return timeouts
    const fitting = isAsked ? { ...timeouts, ...reasoning } : timeouts
    return { ...fitting, firstByteMs: Math.max(fitting.firstByteMs, STRETCH * (slowestMs ?? 0)) }
  }
}
