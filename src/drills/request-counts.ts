import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'

const MINUTE_MS = 60_000

/** How often a model name was asked for. */
export interface RequestCount {
  /** Requests since the provider was opened, this one included. */
  readonly turn: number
  /** Requests in the minute that its first request opened, and when that minute ends. */
  readonly perMinute: { readonly count: number; readonly resetMs: number }
}

/** Counts requests by model name, options included; bounded, the names longest unused are forgotten. */
export interface RequestCounts {
  /** Counts one request. */
  count(model: string): RequestCount
}

interface Tally {
  readonly turn: number
  readonly windowStartMs: number
  readonly inWindow: number
}

/** Creates counts that all stand at zero. */
export function createRequestCounts(clock: Clock): RequestCounts {
  const tallies = createLru<string, Tally>(LIMITS.simulatedModelNames)
  return {
    count(model) {
      const nowMs = clock.elapsedMs()
      const before = tallies.get(model) ?? { turn: 0, windowStartMs: nowMs, inWindow: 0 }
      const fresh = nowMs - before.windowStartMs >= MINUTE_MS
      const windowStartMs = fresh ? nowMs : before.windowStartMs
      const tally = { turn: before.turn + 1, windowStartMs, inWindow: fresh ? 1 : before.inWindow + 1 }
      tallies.set(model, tally)
      return {
        turn: tally.turn,
        perMinute: { count: tally.inWindow, resetMs: windowStartMs + MINUTE_MS - nowMs },
      }
    },
  }
}
