import type { Clock } from './clock.ts'

/** Something that must happen by `dueMs` (on the clock's monotonic scale) unless it is removed before. */
export interface Deadline {
  readonly dueMs: number
  /** Called once, after the deadline was taken out; it may add itself again with a later time. */
  expire(): void
}

/** Many deadlines on one timer. */
export interface Deadlines<Kind extends Deadline = Deadline> {
  add(deadline: Kind): void
  /** Harmless when it expired or was never added. */
  remove(deadline: Kind): void
  /** Those that are waited for now. */
  all(): readonly Kind[]
  readonly size: number
}

/**
 * Creates a set of deadlines that shares one timer. Nearly every deadline is removed long before it is due, so adding and
 * removing must cost next to nothing, while expiring may walk the whole set. The timer stands at the earliest deadline it
 * ever saw and is not moved back on removal: firing for nothing is cheaper than re-arming per request.
 *
 * @param slackMs least time between two walks, and so the most that a deadline is late
 */
export function createDeadlines<Kind extends Deadline = Deadline>(
  clock: Clock,
  slackMs: number,
): Deadlines<Kind> {
  const pending = new Set<Kind>()
  let armedMs = Infinity
  let disarm = (): void => {}

  const arm = (dueMs: number): void => {
    disarm()
    armedMs = dueMs
    const timer = clock.after(Math.max(dueMs - clock.elapsedMs(), slackMs), walk)
    disarm = () => timer.cancel()
  }
  const walk = (): void => {
    armedMs = Infinity
    disarm = () => {}
    const nowMs = clock.elapsedMs()
    const expired: Kind[] = []
    for (const deadline of pending) if (deadline.dueMs <= nowMs) expired.push(deadline)
    for (const deadline of expired) {
      if (pending.delete(deadline)) deadline.expire()
    }
    let nextMs = Infinity
    for (const deadline of pending) nextMs = Math.min(nextMs, deadline.dueMs)
    if (nextMs < armedMs) arm(nextMs)
  }

  return {
    add(deadline) {
      pending.add(deadline)
      if (deadline.dueMs < armedMs) arm(deadline.dueMs)
    },
    remove: (deadline) => void pending.delete(deadline),
    all: () => [...pending],
    get size() {
      return pending.size
    },
  }
}
