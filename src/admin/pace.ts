import type { WhatIfPace } from '../insight/run-what-if.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { AdminProblem } from './problem.ts'

/** About a millisecond of work: whoever asks a model meanwhile waits no longer. */
const ROWS_AT_A_TIME = 25

/** Works half of the time, in small pieces, and gives up when that has taken too long. */
export function paceOf(clock: Clock): WhatIfPace {
  const beganMs = clock.elapsedMs()
  let workedFromMs = beganMs
  return {
    rows: ROWS_AT_A_TIME,
    async rest() {
      const nowMs = clock.elapsedMs()
      if (nowMs - beganMs > LIMITS.whatIfMs)
        throw new AdminProblem('not-now', {
          detail: `This has taken ${LIMITS.whatIfMs / 1_000} s. Ask for fewer requests: \`last\`, or \`since\`.`,
        })
      await new Promise<void>((resolve) => clock.after(nowMs - workedFromMs, resolve))
      workedFromMs = clock.elapsedMs()
    },
  }
}
