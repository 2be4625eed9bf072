import { openTestSimilar } from '../../src/policies/cache/similar-kept.fixture.ts'
import { Flights } from '../../src/caching/flights.ts'
import { createMemoryAnswers } from '../../src/store/memory/answers.ts'
import { createTestSettings, openTestCanaries } from '../../src/experiments/canaries.fixture.ts'
import { createKeyedPlaceholders } from '../../src/guardrails/placeholders.ts'
import { openShadowPurse } from '../../src/experiments/shadow-purse.ts'
import type { RequestOptions } from '../../src/exchange/request-options.ts'
import type { Attempt } from '../../src/exchange/exchange.ts'
import { Failure } from '../../src/exchange/failure.ts'
import type { ModelRequest } from '../../src/exchange/operations/all.ts'
import { createHmacSha256Hex, hmacSha256Hex } from '../../src/kit/hash.ts'
import { createIds } from '../../src/kit/ids.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { Secret } from '../../src/kit/secret.ts'
import { createVirtualClock, type VirtualClock } from '../../src/kit/virtual-clock.ts'
import { createBudgets } from '../../src/ledger/budgets.ts'
import { createWritingSpeeds } from '../../src/policies/attempt/writing-speeds.ts'
import { createExtraStarts } from '../../src/policies/dispatch/extra-starts.ts'
import { createRetryBudget } from '../../src/policies/dispatch/retry-budget.ts'
import type { HandleAttempt } from '../../src/policies/policy.ts'
import { createRecordingTelemetry, drain, sampleExchange } from '../../src/policies/samples.fixture.ts'
import { createPromptPrefixes } from '../../src/routing/prompt-prefixes.ts'
import { createWarmPlaces } from '../../src/routing/warm-places.ts'
import { createHealthBoard } from '../../src/routing/health.ts'
import { Gates } from '../../src/routing/gates.ts'
import { LoadBoard } from '../../src/routing/loads.ts'
import { createMemoryCounters } from '../../src/store/memory/counters.ts'
import type { ResponseStore } from '../../src/store/stored-responses.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { composePipeline, type PipelineParts } from '../../src/gateway/order.ts'
import type { Plan } from '../../src/gateway/plan.ts'

const SIMILAR = await openTestSimilar()

const START_MS = Date.UTC(2026, 10, 1)
/** Longer than anything takes here. */
const PATIENCE_MS = 3_600_000
const notAsked = (): Promise<never> => Promise.reject(new Error('nothing is stored here'))
const NOT_ASKED: ResponseStore = { put: notAsked, find: notAsked, conversation: notAsked, remove: notAsked }

/** Lets so many milliseconds pass. */
type Wait = (ms: number) => Promise<void>

export interface PlayedOptions {
  readonly plan: Plan
  readonly seed: number
  /** Plays the providers. */
  readonly send: (attempt: Attempt, wait: Wait) => ReturnType<HandleAttempt>
}

/** The gateway with all its layers in their order, over a plan, in a time that passes at once; only sockets and stores are missing. */
export interface PlayedGateway {
  /** Asks and reads the answer to its end, and waits for whatever is asked behind it; gives the failure, if it is one. */
  ask(key: string, request: ModelRequest, options: RequestOptions): Promise<Failure | undefined>
}

/** Opens one. */
export async function openPlayedGateway({ plan, seed, send }: PlayedOptions): Promise<PlayedGateway> {
  const clock = createVirtualClock(START_MS)
  const wait: Wait = (ms) => new Promise((resolve) => clock.after(ms, resolve))
  const parts = await playedParts(clock, seed, (attempt) => send(attempt, wait))
  const { ids, shadows } = parts
  const compose: Parameters<typeof createGateway>[0]['compose'] = (next, ask) =>
    composePipeline(next, ask, parts)
  const gateway = createGateway({ plan, compose, clock, ids })
  const askOnce = async (...[key, request, requestOptions]: Parameters<PlayedGateway['ask']>) => {
    try {
      const sample = sampleExchange({ request })
      const { source } = await gateway
        .authenticate(new Secret(key))
        .open({ ...sample, requestOptions })
        .run()
      await drain(source)
      return undefined
    } catch (thrown) {
      if (thrown instanceof Failure) return thrown
      throw thrown
    } finally {
      while (shadows.running.count > 0 || gateway.inFlight() > 0) await wait(10)
    }
  }
  return { ask: (...asked) => clock.run(askOnce(...asked), PATIENCE_MS) }
}

async function playedParts(clock: VirtualClock, seed: number, send: HandleAttempt): Promise<PipelineParts> {
  const random = createSeededRandom(seed)
  const telemetry = createRecordingTelemetry()
  const settings = createTestSettings()
  const counters = createMemoryCounters()
  return {
    clock,
    random,
    ids: createIds(clock, random),
    telemetry,
    hmac: (secret) => hmacSha256Hex('pepper', secret),
    foreignKeyPrefixes: [],
    storedKeys: { version: 0, find: () => undefined },
    counters,
    warm: createWarmPlaces(),
    prompts: createPromptPrefixes(),
    canaries: await openTestCanaries(clock, settings),
    shadows: {
      purse: await openShadowPurse({ settings, clock, telemetry }),
      running: { count: 0 },
      keep() {},
    },
    budgets: createBudgets({ counters, ledger: { spentSince: async () => 0n }, clock }),
    ledger: { intend() {}, settle: async () => {}, void() {} },
    costOf: () => 1n,
    upperBound: () => 1n,
    speeds: createWritingSpeeds(),
    health: createHealthBoard({ clock, random }),
    loads: new LoadBoard(clock),
    gates: new Gates(clock),
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    record() {},
    createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('key')),
    clientStatus: (_exchange, failure) => failure.status,
    contentLayers: () => [],
    caching: { answers: createMemoryAnswers(1_000_000), flights: new Flights(), clock, telemetry },
    similar: SIMILAR,
    stored: { responses: NOT_ASKED, clock, telemetry },
    send,
  }
}
