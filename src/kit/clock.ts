/** A running timer; `cancel` is harmless after it fired. */
export interface Timer {
  cancel(): void
}

/**
 * The only source of time in the house. Passed in everywhere, so that tests move time instead of waiting for it.
 */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  nowMs(): number
  /** Monotonic time in milliseconds with fractions; only differences mean something. */
  elapsedMs(): number
  /** Runs `action` once after `delayMs`. Timers never keep the process alive. */
  after(delayMs: number, action: () => void): Timer
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs)
    handle.unref()
    return new SystemTimer(handle)
  },
}

class SystemTimer implements Timer {
  readonly #handle: NodeJS.Timeout

  constructor(handle: NodeJS.Timeout) {
    this.#handle = handle
  }

  cancel(): void {
    clearTimeout(this.#handle)
  }
}

interface Pending {
  readonly dueMs: number
  readonly action: () => void
}

/** A clock that stands still until `advance` moves it, running the timers that fall due in order. */
export interface ManualClock extends Clock {
  advance(deltaMs: number): void
}

/** Creates a clock for tests, standing at `startMs` (default: 2026-01-01T00:00:00Z). */
export function createManualClock(startMs = 1_767_225_600_000): ManualClock {
  let nowMs = startMs
  const pending = new Set<Pending>()
  const nextDue = (untilMs: number): Pending | undefined => {
    let first: Pending | undefined
    for (const timer of pending) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer
    }
    return first
  }
  return {
    nowMs: () => nowMs,
    elapsedMs: () => nowMs - startMs,
    after(delayMs, action) {
      const timer: Pending = { dueMs: nowMs + delayMs, action }
      pending.add(timer)
      return { cancel: () => void pending.delete(timer) }
    },
    advance(deltaMs) {
      const untilMs = nowMs + deltaMs
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        pending.delete(due)
        nowMs = Math.max(nowMs, due.dueMs)
        due.action()
      }
      nowMs = untilMs
    },
  }
}
