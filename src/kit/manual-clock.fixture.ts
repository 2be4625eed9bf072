import type { Clock } from './clock.ts'

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
    // A turn is no time that could stand still: it is over when whoever runs now waits for something.
    afterTurn: (action) => queueMicrotask(action),
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
