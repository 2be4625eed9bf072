import { openTestSimilar } from '../policies/cache/similar-kept.fixture.ts'
import { Flights } from '../caching/flights.ts'
import { createMemoryAnswers } from '../store/memory/answers.ts'
import { describe, expect, test } from 'bun:test'
import { createKeyedPlaceholders } from '../guardrails/placeholders.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure } from '../exchange/failure.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import { createIds } from '../kit/ids.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { createBudgets } from '../ledger/budgets.ts'
import { createWritingSpeeds } from '../policies/attempt/writing-speeds.ts'
import { createExtraStarts } from '../policies/dispatch/extra-starts.ts'
import { createRetryBudget } from '../policies/dispatch/retry-budget.ts'
import { createRecordingTelemetry, sampleExchange } from '../policies/samples.fixture.ts'
import { CIRCUIT_RULES } from '../routing/circuit.ts'
import { openShadowPurse } from '../experiments/shadow-purse.ts'
import { createTestSettings, openTestCanaries } from '../experiments/canaries.fixture.ts'
import { createPromptPrefixes } from '../routing/prompt-prefixes.ts'
import { createWarmPlaces } from '../routing/warm-places.ts'
import { createHealthBoard } from '../routing/health.ts'
import { Gates } from '../routing/gates.ts'
import { LoadBoard } from '../routing/loads.ts'
import { sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import { balanceOf } from '../store/balance.fixture.ts'
import { createMemoryCounters } from '../store/memory/counters.ts'
import type { CounterStore, KeyRecord, RequestRow } from '../store/store.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import type { ResponseStore } from '../store/stored-responses.ts'
import { createGateway } from './gateway.ts'
import { composePipeline, type PipelineParts } from './order.ts'
import type { OpenExchange } from './pipeline.ts'
import type { Plan } from './plan.ts'

const ROUTE = sampleRoute([sampleTarget('one/a')])
const BUDGET_NANO_USD = 1_000n
const SIMILAR = await openTestSimilar()
const SHADOWS = {
  purse: await openShadowPurse({
    settings: createTestSettings(),
    clock: createManualClock(),
    telemetry: createRecordingTelemetry(),
  }),
  running: { count: 0 },
  keep() {},
}
const CANARIES = await openTestCanaries(createManualClock())

const notAsked = (): Promise<never> => Promise.reject(new Error('nothing is stored here'))
const NOT_ASKED: ResponseStore = { put: notAsked, find: notAsked, conversation: notAsked, remove: notAsked }

/** The gateway with its own order, for one key that may have one request under way, two a minute, and spend a little. */
function openHouse(late: (counters: CounterStore) => CounterStore = (counters) => counters) {
  const clock = createManualClock()
  const random = createSeededRandom(1)
  const telemetry = createRecordingTelemetry()
  const rows: RequestRow[] = []
  const hmac = (secret: string): string => secret.padStart(64, '0')
  const { text, id, secretHmac } = mintKey({ environment: 'test', random, hmac })
  const key: KeyRecord = {
    id,
    name: 'bot',
    secretHmac,
    allowedOptions: [],
    limits: { parallelRequests: 1, requestsPerMinute: 2 },
    budgets: [{ window: 'total', limitNanoUsd: BUDGET_NANO_USD }],
    createdAtMs: 0,
  }
  const plan: Plan = {
    version: '1',
    routes: new Map([['sample', ROUTE]]),
    resolveRoute: (name) => (name === 'sample' ? ROUTE : undefined),
    models: [],
    projects: new Map(),
    declaredKeys: [key],
    unpriced: 'allow',
    circuit: CIRCUIT_RULES,
  }
  const counters = late(createMemoryCounters())
  const parts: PipelineParts = {
    clock,
    random,
    ids: createIds(clock, random),
    telemetry,
    hmac,
    foreignKeyPrefixes: [],
    storedKeys: { version: 0, find: () => undefined },
    counters,
    warm: createWarmPlaces(),
    prompts: createPromptPrefixes(),
    canaries: CANARIES,
    shadows: SHADOWS,
    budgets: createBudgets({ counters, ledger: { spentSince: async () => 0n }, clock }),
    ledger: { intend() {}, settle: async () => {}, void() {} },
    costOf: () => 1n,
    upperBound: () => 600n,
    speeds: createWritingSpeeds(),
    health: createHealthBoard({ clock, random, listen() {} }),
    loads: new LoadBoard(clock),
    gates: new Gates(clock),
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    record: (row) => void rows.push(row),
    createPlaceholders: createKeyedPlaceholders(hmac),
    clientStatus: (_exchange, failure) => failure.status,
    contentLayers: () => [],
    caching: { answers: createMemoryAnswers(1_000_000), flights: new Flights(), clock, telemetry },
    similar: SIMILAR,
    stored: { responses: NOT_ASKED, clock, telemetry },
    send: () => Promise.reject(new Failure('connect-failed')),
  }
  const gateway = createGateway({
    plan,
    compose: (next, ask) => composePipeline(next, ask, parts),
    clock,
    ids: parts.ids,
  })
  const open = (requestOptions: RequestOptions = {}): OpenExchange =>
    gateway.authenticate(text).open({ ...sampleExchange(), requestOptions })
  const balance = () => balanceOf(counters, `key:${id}:total:0`)
  return { gateway, open, rows, balance }
}

/** Counters that answer at once what they know, later. */
const answeringLater = (counters: CounterStore): CounterStore => ({
  ...counters,
  enter: async (id, slots, untilMs, nowMs) => counters.enter(id, slots, untilMs, nowMs),
  takeRate: async (charges, nowMs) => counters.takeRate(charges, nowMs),
})

/** Opens the budget, whose spending is read from the ledger the first time. */
async function warm(open: () => OpenExchange): Promise<void> {
  const exchange = await open().enter()
  exchange.trail.end(new Failure('client-gone'))
}

describe('whoever enters without asking for one response', () => {
  test.each([
    ['at once where memory knows everything', (counters: CounterStore) => counters, false],
    ['later where an engine elsewhere has to be asked', answeringLater, true],
  ])('is let in %s, and gives everything back at the end', async (_when, late, waits) => {
    const { gateway, open, rows, balance } = openHouse(late)
    await warm(open)
    const entered = open().enter()
    expect(entered instanceof Promise).toBe(waits)
    const exchange: Exchange = await entered
    expect(exchange.route).toBe(ROUTE)
    expect(await balance()).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 600n })
    expect(gateway.inFlight()).toBe(1)
    exchange.trail.end()
    exchange.trail.end()
    expect(await balance()).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 0n })
    expect(gateway.inFlight()).toBe(0)
    expect(rows.map(({ outcome }) => outcome)).toEqual(['client-gone', 'ok'])
  })

  test('is refused as everybody is, which ends the exchange and leaves what others took', async () => {
    const { gateway, open, rows, balance } = openHouse()
    await warm(open)
    const first = await open().enter()
    expect(() => open().enter()).toThrow('1 requests under way')
    expect(rows.at(-1)?.outcome).toBe('rate-limited')
    expect(gateway.inFlight()).toBe(1)
    expect(await balance()).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 600n })
    first.trail.end()
    expect(() => open({ strict: true }).enter()).toThrow('may not set "strict"')
  })
})

test('a request that is let in and fails gives everything back as well', async () => {
  const { gateway, open, rows, balance } = openHouse()
  expect(open().run()).rejects.toMatchObject({ code: 'connect-failed' })
  await new Promise<void>((resolve) => setImmediate(resolve))
  expect(rows.map(({ outcome }) => outcome)).toEqual(['connect-failed'])
  expect(gateway.inFlight()).toBe(0)
  expect(await balance()).toEqual({ spentNanoUsd: 0n, heldNanoUsd: 0n })
})

test('a stranger is turned away before there is anything to open', () => {
  const { gateway, rows } = openHouse()
  expect(() => gateway.authenticate(new Secret('sk-else'))).toThrow(Failure)
  expect(gateway.inFlight()).toBe(0)
  expect(rows).toEqual([])
})
