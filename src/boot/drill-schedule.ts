import type { Drill } from '../exchange/drill.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

const MINUTE_MS = 60_000
/** What was due longer ago is not made up for: the machine slept, or its clock was set. */
const LATEST_MS = 3_600_000
const DRILLS = 'gatehouse_drills_total'

/** What came of a drill. */
export interface DrillVerdict {
  readonly passed: boolean
  /** What is broken, in words. */
  readonly broken: readonly string[]
}

/** Runs a drill. Rejects when it could not be run. */
export type RunDrill = (name: string) => Promise<DrillVerdict>

export interface DrillScheduleNeeds {
  /** The drills of the plan in force. */
  readonly drills: () => Iterable<Drill>
  /** Runs one, away from whoever serves. Absent: none is run. */
  readonly run?: RunDrill
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Runs the drills that are due, one after the other, for as long as the process lives. */
export function followDrills(needs: DrillScheduleNeeds): { close(): void } {
  const { clock, drills, run } = needs
  if (run === undefined) return { close() {} }
  /** No drill stands here twice. */
  const waiting = new Set<string>()
  let isRunning = false
  let isClosed = false
  let lookedAtMs = clock.nowMs()
  let timer: Timer | undefined
  const work = async (): Promise<void> => {
    isRunning = true
    for (const name of waiting) {
      if (isClosed) break
      await runOne(name, run, needs)
      waiting.delete(name)
    }
    isRunning = false
  }
  const look = (): void => {
    const nowMs = clock.nowMs()
    const fromMs = Math.max(lookedAtMs, nowMs - LATEST_MS)
    lookedAtMs = nowMs
    for (const { name, schedule } of drills())
      if (schedule !== undefined && schedule.next(fromMs) <= nowMs) waiting.add(name)
    if (!isRunning && waiting.size > 0) void work()
  }
  const lookLater = (): void => {
    timer = clock.after(MINUTE_MS - (clock.nowMs() % MINUTE_MS), () => {
      lookLater()
      look()
    })
  }
  lookLater()
  return {
    close() {
      isClosed = true
      timer?.cancel()
    },
  }
}

async function runOne(drill: string, run: RunDrill, { telemetry }: DrillScheduleNeeds): Promise<void> {
  try {
    const { passed, broken } = await run(drill)
    telemetry.count(DRILLS, { drill, outcome: passed ? 'passed' : 'failed' })
    if (passed) telemetry.log('info', 'a drill passed', { drill })
    else telemetry.log('warn', 'a drill failed; see: gatehouse drill report', { drill, broken })
  } catch (error) {
    telemetry.count(DRILLS, { drill, outcome: 'error' })
    telemetry.log('warn', 'a drill could not be run', { drill, error })
  }
}
