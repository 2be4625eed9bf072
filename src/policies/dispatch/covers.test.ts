import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { Account } from '../../exchange/account.ts'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { Attempt, Exchange } from '../../exchange/exchange.ts'
import { abortFailure, Failure, toFailure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Target } from '../../exchange/target.ts'
import { createIds } from '../../kit/ids.ts'
import { createManualClock, type ManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { createBudgets } from '../../ledger/budgets.ts'
import { costOf, upperBound } from '../../pricing/cost.ts'
import { createHealthBoard } from '../../routing/health.ts'
import { LoadBoard } from '../../routing/loads.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { balanceOf } from '../../store/balance.fixture.ts'
import { createMemoryCounters } from '../../store/memory/counters.ts'
import type { CounterStore, LedgerRow } from '../../store/store.ts'
import { createMeter } from '../attempt/meter.ts'
import { createWritingSpeeds } from '../attempt/writing-speeds.ts'
import { createReserveBudget } from '../request/reserve-budget.ts'
import {
  admitting,
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  routedExchange,
  sampleUsage,
} from '../samples.fixture.ts'
import { createDispatch } from './dispatch.ts'
import { createExtraStarts } from './extra-starts.ts'
import { createRetryBudget } from './retry-budget.ts'

const MOST_OUTPUT = 100

const PACES = {
  sequence: {},
  hedge: { pace: { kind: 'hedge', after: { ms: 300 } } },
  race: { pace: { kind: 'race', of: 2, accept: 'first-token' } },
} as const

/** What an attempt at a target comes to. */
interface Fate {
  readonly afterMs: number
  readonly ends: 'whole' | 'cut' | 'untold' | FailureCode
  readonly outputTokens: number
}

/** What a token costs at a target, in or out; nano-USD. */
const priced = (index: number, nanoUsd: number): Target => {
  const picoUsd = BigInt(nanoUsd) * 1_000n
  return sampleTarget(`p${index}/m`, {
    price: { id: 'by token', input: picoUsd, output: picoUsd, simulated: false },
  })
}

function eventsOf({ ends, outputTokens }: Fate): ResponseEvent[] {
  const usage = sampleUsage({ inputTokens: 5, outputTokens })
  const events = answer('It is tall.', usage)
  if (ends === 'untold') return events.filter(({ type }) => type !== 'usage')
  if (ends !== 'cut') return events
  return [...events.slice(0, 3), { type: 'failure', failure: new Failure('connection-reset') }]
}

function meet(fate: Fate, { signal, target }: Attempt, clock: ManualClock): Promise<ModelResponse> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(abortFailure(signal)))
    clock.after(fate.afterMs, () => {
      const answers = fate.ends === 'whole' || fate.ends === 'cut' || fate.ends === 'untold'
      if (answers) resolve(respond(target, playSource([eventsOf(fate)])))
      else reject(new Failure(fate.ends))
    })
  })
}

interface World {
  readonly pace: keyof typeof PACES
  readonly limitNanoUsd: bigint
  /** What a token costs at each target. */
  readonly prices: readonly number[]
  /** What becomes of each attempt, in order; the last holds for those after it. */
  readonly fates: readonly Fate[]
  /** Do counters answer later, as an engine elsewhere does? */
  readonly isLate: boolean
  /** When the client leaves; absent: it stays. */
  readonly leavesMs?: number | undefined
}

/** Counters that answer later what they know at once. */
const answeringLater = (counters: CounterStore): CounterStore => ({
  ...counters,
  reserve: async (id, amount, holds, nowMs) => counters.reserve(id, amount, holds, nowMs),
  settle: async (id, actual) => counters.settle(id, actual),
})

function createWorld({ pace, limitNanoUsd, prices, fates, isLate }: World) {
  const clock = createManualClock()
  const random = createSeededRandom(3)
  const telemetry = createRecordingTelemetry()
  const memory = createMemoryCounters()
  const counters = isLate ? answeringLater(memory) : memory
  const budgets = createBudgets({ counters, ledger: { spentSince: async () => 0n }, clock })
  const rows: LedgerRow[] = []
  const ledger = { intend() {}, settle: (row: LedgerRow) => void rows.push(row), void() {} }
  const attempts: Attempt[] = []
  const meter = createMeter(
    { ledger, costOf, upperBound, speeds: createWritingSpeeds(), clock, telemetry },
    [],
  )
  const dispatch = createDispatch({
    call: meter((attempt) => {
      const fate = fates[Math.min(attempts.length, fates.length - 1)]
      attempts.push(attempt)
      return fate === undefined ? Promise.reject(new Failure('internal')) : meet(fate, attempt, clock)
    }),
    upperBound,
    health: createHealthBoard({ clock, random }),
    load: new LoadBoard(clock),
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    clock,
    random,
    ids: createIds(clock, random),
    telemetry,
  })
  const handle = admitting(createReserveBudget({ budgets, upperBound, telemetry }), dispatch)
  const budget = { window: 'total', limitNanoUsd } as const
  const account: Account = { scope: 'key', id: 'k', name: 'k', limits: {}, budgets: [budget] }
  const leaving = new AbortController()
  const targets = prices.map((price, index) => priced(index, price))
  const exchange: Exchange = routedExchange(sampleRoute(targets, PACES[pace]), {
    caller: sampleCaller({ accounts: [account] }),
    request: sampleChat({ stream: false, maxOutputTokens: MOST_OUTPUT }),
    signal: leaving.signal,
  })
  const balance = () => balanceOf(memory, 'key:k:total:0')
  return { clock, exchange, handle, leaving, rows, attempts, balance }
}

/** Lets an exchange happen to its end, and looks on at every step that no more is held and spent than there is. */
async function live(world: World) {
  const { clock, exchange, handle, leaving, balance, ...seen } = createWorld(world)
  let failure: Failure | undefined
  const end = { came: false }
  const run = handle(exchange)
    .then(({ source }) => drain(source))
    .catch((thrown: unknown) => (failure = toFailure(thrown)))
    .finally(() => (end.came = true))
  for (let passed = 0; !end.came; passed += 50) {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
    const { spentNanoUsd = 0n, heldNanoUsd = 0n } = (await balance()) ?? {}
    expect(spentNanoUsd + heldNanoUsd).toBeLessThanOrEqual(world.limitNanoUsd)
    if (world.leavesMs !== undefined && passed >= world.leavesMs) leaving.abort()
    clock.advance(50)
  }
  await run
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
  return { ...seen, failure, steps: exchange.trail.steps, after: await balance() }
}

const chargedBy = (rows: readonly LedgerRow[]): bigint =>
  rows.reduce((sum, { chargedNanoUsd, costNanoUsd = 0n }) => sum + (chargedNanoUsd ?? costNanoUsd), 0n)

const CUT: Fate = { afterMs: 50, ends: 'cut', outputTokens: 0 }
const WHOLE: Fate = { afterMs: 50, ends: 'whole', outputTokens: 10 }
const SLOW: Fate = { ...WHOLE, afterMs: 1_000 }
const UNPAID: Fate = { afterMs: 400, ends: 'connect-failed', outputTokens: 0 }

describe('a further attempt', () => {
  /** Enough for one answer and another reading, not for two answers. */
  const one = { pace: 'sequence', limitNanoUsd: 190n, prices: [1, 1], isLate: false } as const

  test('is not begun when the one before it may cost what was held, and its failure stands', async () => {
    for (const isLate of [false, true]) {
      const { failure, attempts, rows, steps, after } = await live({ ...one, isLate, fates: [CUT, WHOLE] })
      expect(failure?.code).toBe('connection-reset')
      expect(attempts).toHaveLength(1)
      expect(steps.at(-1)).toMatchObject({
        step: 'filter',
        targets: [{ target: 'p1/m', reason: 'beyond-budget' }],
      })
      expect(after).toEqual({ spentNanoUsd: chargedBy(rows), heldNanoUsd: 0n })
    }
  })

  test('is begun when there is money for both', async () => {
    for (const isLate of [false, true]) {
      const world = { ...one, limitNanoUsd: 400n, isLate, fates: [CUT, WHOLE] }
      const { failure, attempts, rows, after } = await live(world)
      expect(failure).toBeUndefined()
      expect(attempts).toHaveLength(2)
      expect(after).toEqual({ spentNanoUsd: chargedBy(rows), heldNanoUsd: 0n })
    }
  })

  test('is begun after one that cost nothing, without asking for more', async () => {
    const { failure, attempts } = await live({ ...one, fates: [UNPAID, WHOLE] })
    expect(failure).toBeUndefined()
    expect(attempts).toHaveLength(2)
  })

  test('beside one under way needs the most of both; refused, it may still follow', async () => {
    const waits = await live({ ...one, pace: 'hedge', fates: [SLOW, WHOLE] })
    expect(waits.attempts).toHaveLength(1)
    expect(waits.failure).toBeUndefined()
    const follows = await live({ ...one, pace: 'hedge', fates: [UNPAID, WHOLE] })
    expect(follows.attempts.map(({ target }) => target.id)).toEqual(['p0/m', 'p1/m'])
    expect(follows.failure).toBeUndefined()
    const both = await live({ ...one, pace: 'hedge', limitNanoUsd: 400n, fates: [SLOW, WHOLE] })
    expect(both.attempts).toHaveLength(2)
  })
})

const fates: fc.Arbitrary<Fate> = fc.record({
  afterMs: fc.integer({ min: 0, max: 20 }).map((steps) => steps * 50),
  ends: fc.constantFrom<Fate['ends'][]>(
    'whole',
    'untold',
    'cut',
    'cut',
    'idle-timeout',
    'connection-reset',
    'connect-failed',
    'provider-rate-limited',
  ),
  outputTokens: fc.integer({ min: 0, max: MOST_OUTPUT }),
})

test('whatever becomes of attempts, one after another or beside each other, no more is held and spent than there is, and all is settled once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        pace: fc.constantFrom('sequence' as const, 'hedge' as const, 'race' as const),
        limitPerNanoUsd: fc.integer({ min: 130, max: 330 }),
        prices: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 }),
        fates: fc.array(fates, { minLength: 1, maxLength: 6 }),
        isLate: fc.boolean(),
        leavesMs: fc.option(fc.integer({ min: 0, max: 1_000 }), { nil: undefined, freq: 4 }),
      }),
      async ({ limitPerNanoUsd, ...drawn }) => {
        // About enough for one to three of the dearest answers.
        const limitNanoUsd = BigInt(limitPerNanoUsd * Math.max(...drawn.prices))
        const { rows, attempts, after } = await live({ ...drawn, limitNanoUsd })
        expect(rows).toHaveLength(attempts.length)
        expect(chargedBy(rows)).toBeLessThanOrEqual(limitNanoUsd)
        expect(after ?? { spentNanoUsd: 0n, heldNanoUsd: 0n }).toEqual({
          spentNanoUsd: chargedBy(rows),
          heldNanoUsd: 0n,
        })
      },
    ),
    { numRuns: 200 },
  )
})
