import { systemClock, type Clock } from '../src/kit/clock.ts'

/** Timers of at least so long wait until time is moved; shorter ones are the machine's. */
const LONG_MS = 1_000

/** Time that is the machine's, and can be moved on: what waits for minutes then runs at once. */
export function createMovableClock(): { readonly clock: Clock; readonly move: (ms: number) => void } {
  let ahead = 0
  const waiting = new Set<{ dueMs: number; action: () => void }>()
  const nowMs = (): number => systemClock.nowMs() + ahead
  const clock: Clock = {
    nowMs,
    elapsedMs: () => systemClock.elapsedMs() + ahead,
    after(delayMs, action) {
      if (delayMs < LONG_MS) return systemClock.after(delayMs, action)
      const timer = { dueMs: nowMs() + delayMs, action }
      waiting.add(timer)
      return { cancel: () => void waiting.delete(timer) }
    },
    afterTurn: systemClock.afterTurn,
  }
  const move = (ms: number): void => {
    ahead += ms
    for (const timer of [...waiting].toSorted((one, other) => one.dueMs - other.dueMs)) {
      // One that ran before it may have cancelled it.
      if (timer.dueMs > nowMs() || !waiting.delete(timer)) continue
      timer.action()
    }
  }
  return { clock, move }
}
