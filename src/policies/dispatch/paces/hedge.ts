import type { HedgeTerms } from '../../../exchange/pace-terms.ts'
import { judge } from '../judge.ts'
import type { Pace } from './pace.ts'

/** One after the other, and a second beside it when it has not answered for a while. */
export function hedge({ afterMs }: HedgeTerms): Pace {
  return {
    overlaps: true,
    decide({ failed, running, lastStartMs, nowMs }) {
      if (failed !== undefined) return judge(failed)
      if (running !== 1) return { action: 'wait' }
      const dueMs = lastStartMs + afterMs
      return nowMs < dueMs ? { action: 'wait', untilMs: dueMs } : { action: 'next-target' }
    },
  }
}
