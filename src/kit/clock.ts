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
  /** Runs `action` once, when everything has run that was due in this turn of the event loop. */
  afterTurn(action: () => void): void
}

/** A clock that tells the time of another and never rings. */
export function silent(clock: Clock): Clock {
  return {
    nowMs: () => clock.nowMs(),
    elapsedMs: () => clock.elapsedMs(),
    after: () => ({ cancel() {} }),
    afterTurn: (action) => clock.afterTurn(action),
  }
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, action) {
    const handle = setTimeout(action, delayMs)
    handle.unref()
    return new SystemTimer(handle)
  },
  afterTurn: (action) => void setImmediate(action),
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
