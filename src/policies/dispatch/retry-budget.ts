import type { Clock } from '../../kit/clock.ts'

/** Share of all requests that may become extra attempts. */
const SHARE = 0.2
/** Extra attempts per second that are always allowed, so that a quiet gateway can fail over at all. */
const FLOOR_PER_SECOND = 10
/** Most extra attempts that can be saved up. */
const MOST_SAVED = 100

/** Bounds what retries and failovers add to the load of providers, over all exchanges of the process. */
export interface RetryBudget {
  /** Counts a request, which earns a share of an extra attempt. */
  earn(): void
  /** Takes one extra attempt, or says that there is none. */
  spend(): boolean
  /** Extra attempts that could be spent now. */
  saved(): number
}

/** Creates a full budget: a token bucket fed by requests and by time. */
export function createRetryBudget(clock: Clock): RetryBudget {
  let saved = MOST_SAVED
  let countedMs = clock.elapsedMs()
  const refill = (): void => {
    const nowMs = clock.elapsedMs()
    saved = Math.min(MOST_SAVED, saved + ((nowMs - countedMs) / 1000) * FLOOR_PER_SECOND)
    countedMs = nowMs
  }
  return {
    earn() {
      if (saved < MOST_SAVED) saved = Math.min(MOST_SAVED, saved + SHARE)
    },
    spend() {
      refill()
      if (saved < 1) return false
      saved -= 1
      return true
    },
    saved() {
      refill()
      return saved
    },
  }
}
