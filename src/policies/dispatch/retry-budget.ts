import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru } from '../../kit/lru.ts'

/** Share of all requests that may become extra attempts. */
const SHARE = 0.2
/** Extra attempts per second that are always allowed, so that a quiet gateway can fail over at all. */
const FLOOR_PER_SECOND = 10
/** Most extra attempts that can be saved up. */
const MOST_SAVED = 100
/** What is saved up to here is kept for callers who have not had their own share of it. */
const RESERVE = 50
/** Of the reserve, for one caller: per second, and the most that can be saved up. His requests earn as much as they do for all. */
const OWN_PER_SECOND = 1
const MOST_OWN = 10

/**
 * Bounds what retries and failovers add to the load of providers, over all exchanges of the process. A caller whose requests
 * all fail takes what is left over, and of the reserve no more than his own share.
 */
export interface RetryBudget {
  /** Counts a request of a caller, which earns a share of an extra attempt. */
  earn(caller: string): void
  /** Takes one extra attempt for a caller, or says that there is none. */
  spend(caller: string): boolean
}

/** Creates a full budget: token buckets fed by requests and by time, one for all and one for each caller who failed lately. */
export function createRetryBudget(clock: Clock): RetryBudget {
  const all = new Bucket(clock, MOST_SAVED, FLOOR_PER_SECOND)
  /** Of callers who took from the reserve; who is forgotten is as one who never did. */
  const owns = createLru<string, Bucket>(LIMITS.healthEntries)
  const ownOf = (caller: string): Bucket => {
    const known = owns.get(caller)
    if (known !== undefined) return known
    const own = new Bucket(clock, MOST_OWN, OWN_PER_SECOND)
    owns.set(caller, own)
    return own
  }
  return {
    earn(caller) {
      all.add(SHARE)
      if (owns.size > 0) owns.get(caller)?.add(SHARE)
    },
    spend(caller) {
      const saved = all.saved()
      if (saved < 1 || (saved <= RESERVE && !ownOf(caller).take())) return false
      return all.take()
    },
  }
}

/** Holds what was saved up to a maximum, and fills itself with time. */
class Bucket {
  readonly #clock: Clock
  readonly #most: number
  readonly #perSecond: number
  #saved: number
  #countedMs: number

  constructor(clock: Clock, most: number, perSecond: number) {
    this.#clock = clock
    this.#most = most
    this.#perSecond = perSecond
    this.#saved = most
    this.#countedMs = clock.elapsedMs()
  }

  add(amount: number): void {
    if (this.#saved < this.#most) this.#saved = Math.min(this.#most, this.#saved + amount)
  }

  /** Takes one, or says that there is none. */
  take(): boolean {
    if (this.saved() < 1) return false
    this.#saved -= 1
    return true
  }

  saved(): number {
    const nowMs = this.#clock.elapsedMs()
    this.add(((nowMs - this.#countedMs) / 1000) * this.#perSecond)
    this.#countedMs = nowMs
    return this.#saved
  }
}
