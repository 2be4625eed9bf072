import type { Attempt } from '../../exchange/exchange.ts'
import { abortFailure, Failure, toFailure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Clock } from '../../kit/clock.ts'
import { createManualClock, type ManualClock } from '../../kit/manual-clock.fixture.ts'
import { createIds } from '../../kit/ids.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { CIRCUIT_RULES } from '../../routing/circuit.ts'
import { createHealthBoard } from '../../routing/health.ts'
import { LoadBoard } from '../../routing/loads.ts'
import type { LedgerRow } from '../../store/store.ts'
import { createBreakCircuit } from '../attempt/break-circuit.ts'
import { createMeter } from '../attempt/meter.ts'
import { createObserveLoad } from '../attempt/observe-load.ts'
import { createWritingSpeeds } from '../attempt/writing-speeds.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleUsage,
} from '../samples.fixture.ts'
import type { UpperBound } from '../most-cost.ts'
import { createDispatch } from './dispatch.ts'
import { createExtraStarts } from './extra-starts.ts'
import { createRetryBudget } from './retry-budget.ts'

/** For tests: what becomes of an attempt. */
export type Script = (attempt: Attempt, clock: Clock) => Promise<ModelResponse>

/** Does something after a time, unless the attempt is stopped before. */
function after<Value>(ms: number, what: () => Value): (attempt: Attempt, clock: Clock) => Promise<Value> {
  return ({ signal }, clock) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(abortFailure(signal)))
      clock.after(ms, () => {
        try {
          resolve(what())
        } catch (thrown) {
          reject(toFailure(thrown))
        }
      })
    })
}

/** For tests: a stream whose content comes after a time, and its end behind it. */
export const answersAfter =
  (ms: number, usage = sampleUsage()): Script =>
  (attempt, clock) => {
    const events = answer(`from ${attempt.target.id}`, usage)
    const source = (): ModelResponse =>
      respond(attempt.target, playSource([events.slice(0, 3), events.slice(3)]))
    return after(ms, source)(attempt, clock)
  }

/** For tests: fails after a time. */
export const failsAfter = (ms: number, code: FailureCode): Script =>
  after(ms, () => {
    throw new Failure(code)
  })

/** For tests: the head comes at once, the content after a time. */
export const beginsAndAnswersAfter =
  (ms: number): Script =>
  async (attempt, clock) =>
    respond(
      attempt.target,
      playSource([[{ type: 'start' }], () => after(ms, () => ({ events: answer() }))(attempt, clock)]),
    )

/** For tests: a clock that can be moved to the next of its timers. */
interface JumpingClock extends ManualClock {
  /** False where there is none. */
  jump(): boolean
}

function createJumpingClock(): JumpingClock {
  const clock = createManualClock()
  let dueMs: number[] = []
  return {
    ...clock,
    after(delayMs, action) {
      dueMs.push(clock.elapsedMs() + delayMs)
      return clock.after(delayMs, action)
    },
    jump() {
      const nowMs = clock.elapsedMs()
      dueMs = dueMs.filter((ms) => ms > nowMs)
      if (dueMs.length === 0) return false
      clock.advance(Math.ceil(Math.min(...dueMs) - nowMs))
      return true
    },
  }
}

/** For tests: lets happen what happens until something is over, from timer to timer, and says when that was. */
export async function untilOver(clock: JumpingClock, over: Promise<unknown>): Promise<number> {
  const end = { came: false }
  const note = (): void => void (end.came = true)
  over.then(note, note)
  do {
    for (let turn = 0; turn < TURNS && !end.came; turn += 1) await Promise.resolve()
  } while (!end.came && clock.jump())
  return clock.elapsedMs()
}

/** More than any step of an attempt takes. */
const TURNS = 30

/** For tests: real dispatch, health, meter and loads around scripted providers. */
export function createWorld(scripts: Readonly<Record<string, Script>>) {
  const clock = createJumpingClock()
  const random = createSeededRandom(3)
  const health = createHealthBoard({ clock, random })
  const load = new LoadBoard(clock)
  const telemetry = createRecordingTelemetry()
  const upperBound: UpperBound = ({ maxOutputTokens }) => BigInt(1_000 + 10 * maxOutputTokens)
  const attempts: Attempt[] = []
  const rows: LedgerRow[] = []
  const meter = createMeter(
    {
      ledger: { intend() {}, settle: (row) => void rows.push(row), void() {} },
      costOf: ({ inputTokens, outputTokens }) => BigInt(inputTokens + 10 * outputTokens),
      upperBound,
      speeds: createWritingSpeeds(),
      clock,
      telemetry,
    },
    [createBreakCircuit(health, CIRCUIT_RULES), createObserveLoad(load)],
  )
  const call = meter((attempt) => {
    attempts.push(attempt)
    attempt.notices.add('param.dropped', attempt.target.provider)
    return (scripts[attempt.target.id] ?? answersAfter(1))(attempt, clock)
  })
  const retries = createRetryBudget(clock)
  const extraStarts = createExtraStarts(clock)
  const ids = createIds(clock, random)
  const dispatch = createDispatch({
    call,
    upperBound,
    health,
    load,
    retries,
    extraStarts,
    clock,
    random,
    ids,
    telemetry,
  })
  return { clock, health, load, telemetry, attempts, rows, dispatch }
}

/** For tests: lets time pass, a little at a time, and everything that follows from it happen. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 50) {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
    if (passed < ms) clock.advance(50)
  }
}

/** For tests: what a response says. */
export async function textOf({ source }: ModelResponse): Promise<string> {
  const events = await drain(source)
  return events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('')
}
