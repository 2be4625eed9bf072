import { compileText } from '../../src/config/compile.fixture.ts'
import { sampleCaller } from '../../src/exchange/caller.fixture.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import type { Target } from '../../src/exchange/target.ts'
import type { Usage } from '../../src/exchange/usage.ts'
import type { Plan } from '../../src/gateway/plan.ts'
import { createIds } from '../../src/kit/ids.ts'
import { createManualClock } from '../../src/kit/manual-clock.fixture.ts'
import { andThen } from '../../src/kit/maybe-promise.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { createMeter } from '../../src/policies/attempt/meter.ts'
import { createObserveLoad } from '../../src/policies/attempt/observe-load.ts'
import { createWritingSpeeds } from '../../src/policies/attempt/writing-speeds.ts'
import { createDispatch } from '../../src/policies/dispatch/dispatch.ts'
import { createExtraStarts } from '../../src/policies/dispatch/extra-starts.ts'
import { createRetryBudget } from '../../src/policies/dispatch/retry-budget.ts'
import { createAssignArm } from '../../src/policies/request/assign-arm.ts'
import { createPermit } from '../../src/policies/request/permit.ts'
import { createPickStep } from '../../src/policies/request/pick-step.ts'
import { createTrace } from '../../src/policies/request/trace.ts'
import {
  admitting,
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleExchange,
  sampleUsage,
} from '../../src/policies/samples.fixture.ts'
import { costOf } from '../../src/pricing/cost.ts'
import { createHealthBoard } from '../../src/routing/health.ts'
import { LoadBoard } from '../../src/routing/loads.ts'
import { sampleChat } from '../../src/routing/samples.fixture.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { normal } from './endpoint.ts'

/** A request of the simulation: what is said, and how long its answer is where nobody writes at length. */
export interface SimulatedRequest {
  readonly id: string
  readonly text: string
  readonly tags: readonly string[]
  readonly session: string
  readonly outputTokens: number
}

/** What a run leaves behind: the log of the gateway, and what the providers bill, by a sum of their own. */
export interface Run {
  readonly rows: readonly RequestRow[]
  readonly billedUsd: number
}

const PER_MILLION = 1e6
const INPUT_SPREAD = 0.5
const OUTPUT_SPREAD = 0.4
const SESSIONS = 300

/** Requests of all lengths, a fifth of them with a tag. */
export function drawRequests(count: number, seed: number): readonly SimulatedRequest[] {
  const random = createSeededRandom(seed)
  return Array.from({ length: count }, (_, index) => ({
    id: `req_${seed}x${index}`,
    text: 'so many words. '.repeat(Math.ceil(40 * Math.exp(INPUT_SPREAD * normal(random)))),
    tags: random.next() < 0.2 ? ['bulk'] : [],
    session: `session-${Math.floor(random.next() * SESSIONS)}`,
    outputTokens: 200 * Math.exp(OUTPUT_SPREAD * normal(random)),
  }))
}

/** Prices in USD per million, and how many times as long as others a model writes. */
export interface SimulatedModel {
  readonly input: number
  readonly output: number
  readonly wordiness: number
}

/** The plan of a file over simulated models at one provider. */
export function planOf(models: Readonly<Record<string, SimulatedModel>>, routes: string): Plan {
  const prices = Object.entries(models).map(
    ([name, { input, output }]) => `  p/${name}: { price: { input: ${input}, output: ${output} } }`,
  )
  const provider = 'providers: { p: { type: openai-compatible, base_url: "https://p.example/v1" } }'
  const { plan, problems } = compileText(`${provider}\nmodels:\n${prices.join('\n')}\nroutes:\n${routes}`)
  if (plan === undefined) throw new Error(problems.map(({ message }) => message).join('\n'))
  return plan
}

/** Lets the requests pass through the admissions and the dispatch of a gateway under a plan, to providers that bill what they wrote. */
export async function run(
  plan: Plan,
  models: Readonly<Record<string, SimulatedModel>>,
  requests: readonly SimulatedRequest[],
): Promise<Run> {
  const clock = createManualClock()
  const random = createSeededRandom(1)
  const telemetry = createRecordingTelemetry()
  const load = new LoadBoard(clock)
  const rows: RequestRow[] = []
  let billedUsd = 0
  const outputs = new Map(requests.map(({ id, outputTokens }) => [id, outputTokens]))
  const use = (exchange: Exchange, { model }: Target): Usage => {
    const { input = 0, output = 0, wordiness = 1 } = models[model] ?? {}
    const inputTokens = Math.ceil(JSON.stringify(exchange.request).length / 4)
    const outputTokens = Math.ceil((outputs.get(exchange.id) ?? 0) * wordiness)
    billedUsd += (inputTokens * input + outputTokens * output) / PER_MILLION
    return sampleUsage({ inputTokens, outputTokens })
  }
  const meter = createMeter(
    {
      ledger: { intend() {}, settle() {}, void() {} },
      costOf,
      upperBound: () => 0n,
      speeds: createWritingSpeeds(),
      clock,
      telemetry,
    },
    [createObserveLoad(load)],
  )
  const dispatch = createDispatch({
    call: meter(async ({ exchange, target }) => {
      clock.advance(20)
      return respond(target, playSource([answer('Tall.', use(exchange, target))]))
    }),
    upperBound: () => 0n,
    health: createHealthBoard({ clock, random }),
    load,
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    clock,
    random,
    ids: createIds(clock, random),
    telemetry,
  })
  const admissions = [
    createTrace({ record: (row) => void rows.push(row), clientStatus: () => 500, clock, telemetry }),
    createPermit({ resolveRoute: plan.resolveRoute, models: [] }),
    createPickStep({ telemetry }),
    // @ts-expect-error -- no route of these has a canary
    createAssignArm({ canaries: undefined, telemetry }),
  ]
  const admit = (exchange: Exchange) =>
    admissions.reduce<ReturnType<(typeof admissions)[number]>>(
      (before, one) => andThen(before, one),
      exchange,
    )
  const handle = admitting(admit, dispatch)
  for (const { id, text, tags, session } of requests) {
    const request = sampleChat({
      model: 'smart',
      turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
    })
    const exchange = sampleExchange({
      id,
      request,
      caller: sampleCaller(),
      requestOptions: { tags, session },
      planVersion: plan.version,
      startedAtMs: clock.nowMs(),
      startedElapsedMs: clock.elapsedMs(),
      deadlineAtMs: clock.nowMs() + 900_000,
    })
    await drain((await handle(exchange)).source)
  }
  return { rows, billedUsd }
}
