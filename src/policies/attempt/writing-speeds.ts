import type { Target } from '../../exchange/target.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru } from '../../kit/lru.ts'

/** How fast targets write, tokens per second. */
export interface WritingSpeeds {
  /** Measured, or what models write at where nothing was. */
  of(target: Target): number
  /** Learns from an answer whose provider told all of its output. Short ones tell more of the waiting than of the writing. */
  learn(target: Target, outputTokens: number, durationMs: number): void
}

/** Large models that reason write 60 to 150 tokens a second. Too many are guessed rather than too few: they are paid for. */
const UNMEASURED_TOKENS_PER_SECOND = 100
/** What is learned from. */
const LEAST_TOKENS = 100
const LEAST_MS = 1_000
/** Weight of the newest answer. */
const NEWEST = 0.2

/** Creates the memory of a process; it holds at most `LIMITS.measuredSpeeds` targets. */
export function createWritingSpeeds(): WritingSpeeds {
  const measured = createLru<string, number>(LIMITS.measuredSpeeds)
  return {
    of: ({ id }) => measured.get(id) ?? UNMEASURED_TOKENS_PER_SECOND,
    learn({ id }, outputTokens, durationMs) {
      if (outputTokens < LEAST_TOKENS || durationMs < LEAST_MS) return
      const speed = (outputTokens / durationMs) * 1_000
      const known = measured.get(id)
      measured.set(id, known === undefined ? speed : known + NEWEST * (speed - known))
    },
  }
}
