import type { AskedOutage, DrillDesk, DrillState } from '../admin/drills.ts'
import type { Drill } from '../exchange/drill.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import type { JsonObject } from '../kit/json.ts'
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

/** Rehearses the outage of a provider and gives the report in the words of the admin API. Rejects when it could not be rehearsed. */
export type RunOutage = (outage: AskedOutage) => Promise<JsonObject>

export interface DrillScheduleNeeds {
  /** The drills of the plan in force. */
  readonly drills: () => Iterable<Drill>
  /** Runs one, away from whoever serves. Absent: none is run. */
  readonly run?: RunDrill
  /** Rehearses an outage, likewise. */
  readonly runOutage?: RunOutage
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** The drills of a gateway that runs. */
export interface DrillSchedule extends DrillDesk {
  /** No other is begun; what runs goes on to its end. */
  close(): void
}

/** Nobody runs drills here. */
const NO_DRILLS: DrillSchedule = {
  ask: () => undefined,
  stateOf: () => 'idle',
  rehearse: () => undefined,
  close() {},
}

/** Runs the drills that are due or asked for, one after the other, for as long as the process lives. */
export function followDrills(needs: DrillScheduleNeeds): DrillSchedule {
  const { clock, drills, run } = needs
  const outages = rehearsing(needs)
  if (run === undefined) return { ...NO_DRILLS, rehearse: outages }
  /** No drill stands here twice. */
  const waiting = new Set<string>()
  let running: string | undefined
  let isClosed = false
  let lookedAtMs = clock.nowMs()
  let timer: Timer | undefined
  const work = async (): Promise<void> => {
    for (const name of waiting) {
      if (isClosed) break
      running = name
      await runOne(name, run, needs)
      waiting.delete(name)
    }
    running = undefined
  }
  const workOn = (): void => {
    if (running === undefined && waiting.size > 0) void work()
  }
  const look = (): void => {
    const nowMs = clock.nowMs()
    const fromMs = Math.max(lookedAtMs, nowMs - LATEST_MS)
    lookedAtMs = nowMs
    for (const { name, schedule } of drills())
      if (schedule !== undefined && schedule.next(fromMs) <= nowMs) waiting.add(name)
    workOn()
  }
  const lookLater = (): void => {
    timer = clock.after(MINUTE_MS - (clock.nowMs() % MINUTE_MS), () => {
      lookLater()
      look()
    })
  }
  lookLater()
  const stateOf = (name: string): DrillState => {
    if (name === running) return 'running'
    return waiting.has(name) ? 'waiting' : 'idle'
  }
  return {
    stateOf,
    ask(name) {
      if (isClosed) return undefined
      waiting.add(name)
      workOn()
      return stateOf(name)
    },
    rehearse: (outage) => (isClosed ? undefined : outages(outage)),
    close() {
      isClosed = true
      timer?.cancel()
    },
  }
}

/** Rehearses outages, one at a time. */
function rehearsing({ runOutage }: Pick<DrillScheduleNeeds, 'runOutage'>): DrillDesk['rehearse'] {
  let isRehearsing = false
  return (outage) => {
    if (isRehearsing || runOutage === undefined) return undefined
    isRehearsing = true
    return runOutage(outage).finally(() => (isRehearsing = false))
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
