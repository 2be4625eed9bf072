import type { Clock } from './clock.ts'

/**
 * Turns of the event loop without a timer after which everything that could happen at this moment has happened. What waits for no
 * timer takes a few turns at most; it is asked for more of them, since to move on too early would count time that nobody spent.
 */
const QUIET_TURNS = 10

/** Work that is waited for did not end within the time that it was given, or waits for something that no timer brings. */
export class TimeRanOut extends Error {
  constructor() {
    super('what is waited for did not end in the time that it was given')
    this.name = 'TimeRanOut'
  }
}

/** A clock whose time passes only while somebody waits for it, and then at once. */
export interface VirtualClock extends Clock {
  /**
   * Lets time pass, from timer to timer, until the work has ended, and gives what it gave. Rejects as it does, and with `TimeRanOut`.
   *
   * @param withinMs the most time that may pass
   */
  run<Result>(work: Promise<Result>, withinMs: number): Promise<Result>
  /** Lets time pass at once, as for a machine that slept: what was due meanwhile happens once, now, in the order in which it was due. */
  leap(ms: number): Promise<void>
}

interface Pending {
  readonly dueMs: number
  readonly action: () => void
}

/**
 * Creates a clock that stands at `startMs` of wall time. It is for work that waits for nothing but its own timers: whoever waits for a
 * disk or a network meanwhile finds that no time, or all of it, has passed.
 *
 * @param terms `quietTurns`: fewer where it matters more to be quick; `lookMs`: what work takes from one look at the clock to the next
 */
export function createVirtualClock(
  startMs: number,
  { quietTurns = QUIET_TURNS, lookMs = 0 } = {},
): VirtualClock {
  const pending = new Set<Pending>()
  let elapsedMs = 0
  const takeNext = (): Pending | undefined => {
    let first: Pending | undefined
    for (const timer of pending) if (first === undefined || timer.dueMs < first.dueMs) first = timer
    if (first !== undefined) pending.delete(first)
    return first
  }
  return {
    nowMs: () => startMs + elapsedMs,
    elapsedMs: () => (elapsedMs += lookMs),
    after(delayMs, action) {
      const timer: Pending = { dueMs: elapsedMs + Math.max(0, delayMs), action }
      pending.add(timer)
      return { cancel: () => void pending.delete(timer) }
    },
    afterTurn: (action) => void setImmediate(action),
    async leap(ms) {
      elapsedMs += Math.max(0, ms)
      const due = [...pending].filter(({ dueMs }) => dueMs <= elapsedMs)
      for (const timer of due.sort((one, other) => one.dueMs - other.dueMs))
        if (pending.delete(timer)) timer.action()
      await settle(quietTurns)
    },
    async run(work, withinMs) {
      const untilMs = elapsedMs + withinMs
      const end = { reached: false }
      const reach = (): void => void (end.reached = true)
      work.then(reach, reach)
      for (;;) {
        for (let turn = 0; turn < quietTurns && !end.reached; turn += 1) await nextTurn()
        if (end.reached) return await work
        const next = takeNext()
        if (next === undefined || next.dueMs > untilMs) throw new TimeRanOut()
        elapsedMs = Math.max(elapsedMs, next.dueMs)
        next.action()
      }
    },
  }
}

async function settle(quietTurns: number): Promise<void> {
  for (let turn = 0; turn < quietTurns; turn += 1) await nextTurn()
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
