import { judge } from '../judge.ts'
import type { Pace } from './pace.ts'

/**
 * One after the other, and a second beside it when it has not answered for a while.
 *
 * @param patienceMs how long that is; undefined where nobody can tell
 */
export function hedge(patienceMs: () => number | undefined): Pace {
  return {
    overlaps: true,
    waitsForWhole: false,
    decide({ failed, running, lastStartMs, nowMs }) {
      if (failed !== undefined) return judge(failed)
      const waitMs = running === 1 ? patienceMs() : undefined
      if (waitMs === undefined) return { action: 'wait' }
      const dueMs = lastStartMs + waitMs
      return nowMs < dueMs ? { action: 'wait', untilMs: dueMs } : { action: 'next-target' }
    },
  }
}
