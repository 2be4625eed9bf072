import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { compileOnly } from '../config/compile-only.ts'
import type { OnlyTerms } from '../exchange/only-terms.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import { createConditionCompiler } from '../exchange/compile-condition.ts'
import { joinConstraints } from '../exchange/constraint.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import type { PaceTerms } from '../exchange/pace-terms.ts'
import type { Route } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { createIds } from '../kit/ids.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { createBreakCircuit } from '../policies/attempt/break-circuit.ts'
import { createDispatch } from '../policies/dispatch/dispatch.ts'
import { createExtraStarts } from '../policies/dispatch/extra-starts.ts'
import { createRetryBudget } from '../policies/dispatch/retry-budget.ts'
import { createPermit } from '../policies/request/permit.ts'
import { createPickStep } from '../policies/request/pick-step.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  letThrough,
  playSource,
  respond,
  sampleExchange,
} from '../policies/samples.fixture.ts'
import { CIRCUIT_RULES } from '../routing/circuit.ts'
import { createHealthBoard } from '../routing/health.ts'
import { LoadBoard } from '../routing/loads.ts'
import { sampleChat, sampleRanking, sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import { askOn } from './ask.ts'
import { InFlight, type Way } from './pipeline.ts'

const DAY_MS = 86_400_000
const REGIONS = ['eu', 'eu-central-1', 'us-east-1', 'euphoria'] as const
const RETENTIONS = [0, DAY_MS, 30 * DAY_MS] as const
const TAGS: readonly string[] = ['gold', 'iso', 'cheap']
const FAILURES: readonly FailureCode[] = ['provider-overloaded', 'connect-failed', 'context-overflow']

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const someTags = fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1 })

/** What the file may say of a provider. */
const providerArbitrary = fc.record({
  region: maybe(fc.constantFrom(...REGIONS)),
  retentionMs: maybe(fc.constantFrom(...RETENTIONS)),
  dataPolicy: maybe(fc.constantFrom('no-training', 'training')),
  tags: maybe(someTags),
  failure: maybe(fc.constantFrom(...FAILURES)),
  vision: maybe(fc.boolean()),
})

const providers = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']

/** What the file may want. */
const onlyArbitrary: fc.Arbitrary<OnlyTerms | undefined> = maybe(
  fc.oneof(
    fc.record({ region: fc.uniqueArray(fc.constantFrom('eu', 'us', 'eu-central-1'), { minLength: 1 }) }),
    fc.record({ retention: fc.constantFrom(...RETENTIONS) }),
    fc.record({ data_policy: fc.constant('no-training') }),
    fc.record({ providers: fc.uniqueArray(fc.constantFrom(...providers), { minLength: 1 }) }),
    fc.record({ tags: someTags, region: fc.constant<string[]>(['eu']) }),
  ),
)

const paceArbitrary: fc.Arbitrary<PaceTerms | undefined> = maybe(
  fc.constantFrom<PaceTerms>(
    { kind: 'race', of: 3, accept: 'first-token' },
    { kind: 'race', of: 2, accept: 'whole' },
    { kind: 'hedge', after: { ms: 10 } },
  ),
)

const places = fc.uniqueArray(fc.nat({ max: providers.length - 1 }), { minLength: 1, maxLength: 4 })

const stepArbitrary = fc.record({
  targets: places,
  fallback: places,
  only: onlyArbitrary,
  pace: paceArbitrary,
  strategy: fc.constantFrom('ordered', 'weighted'),
})

const worldArbitrary = fc.record({
  providers: fc.array(providerArbitrary, { minLength: providers.length, maxLength: providers.length }),
  only: onlyArbitrary,
  ofKey: onlyArbitrary,
  steps: fc.array(stepArbitrary, { minLength: 1, maxLength: 3 }),
  judge: stepArbitrary,
  tags: fc.subarray(['one', 'two', 'other']),
  seed: fc.nat(),
})

type WorldOf = typeof worldArbitrary extends fc.Arbitrary<infer T> ? T : never
type Provider = WorldOf['providers'][number]

/** The same rules once more, as docs/route-by-region.md tells them. */
function fulfils(only: OnlyTerms | undefined, name: string, provider: Provider): boolean {
  if (only === undefined) return true
  const { region, retention, data_policy: policy, providers: wanted, tags } = only
  const parts = (provider.region ?? 'nowhere').split('-')
  const within = parts.map((_, index) => parts.slice(0, index + 1).join('-'))
  return (
    (region === undefined || region.some((one) => within.includes(one))) &&
    (retention === undefined || (provider.retentionMs ?? Number.POSITIVE_INFINITY) <= retention) &&
    (policy === undefined || provider.dataPolicy === policy) &&
    (wanted === undefined || wanted.includes(name)) &&
    (tags === undefined || tags.every((tag) => provider.tags?.includes(tag)))
  )
}

const compile = createConditionCompiler()
const WHENS = [
  "'one' in request.tags",
  "'two' in request.tags && request.stream",
  "headers['x-none'] == 'x'",
].map(compile)

function toTarget({ region, retentionMs, dataPolicy, tags, vision }: Provider, index: number): Target {
  const facts = defined({ region, retentionMs, dataPolicy, tags })
  return sampleTarget(`p${index}/m`, { ...facts, capabilities: defined({ vision }) })
}

/** A gateway of permit, steps and dispatch over providers of which some fail; a judge is asked on behalf of every exchange. */
async function run(world: WorldOf): Promise<readonly (readonly [exchange: Exchange, target: Target])[]> {
  const targets = world.providers.map(toTarget)
  const at = (indexes: readonly number[]) =>
    indexes.flatMap((index) => (targets[index] === undefined ? [] : [{ target: targets[index], weight: 1 }]))
  const toRoute = (name: string, step: WorldOf['judge'], only: OnlyTerms | undefined): Route =>
    sampleRoute([], {
      name,
      targets: at(step.targets),
      fallback: at(step.fallback),
      ranking: sampleRanking(step.strategy),
      maxAttempts: 8,
      ...defined({
        pace: step.pace,
        only: joinConstraints(compileOnly(only, 'route a'), compileOnly(step.only, 'step')),
      }),
    })
  const steps = world.steps.map((step, index) => {
    const route = { ...toRoute('a', step, world.only), step: `s${index}` }
    const when = index === world.steps.length - 1 ? undefined : WHENS[index]
    return { name: `s${index}`, route, ...defined({ when }) }
  })
  const [first] = steps
  if (first === undefined) throw new Error('there is a step')
  const { only: _only, ...shared } = first.route
  const routes = new Map<string, Route>([
    ['a', { ...shared, steps }],
    ['judge', toRoute('judge', world.judge, undefined)],
  ])
  const clock = createManualClock()
  const random = createSeededRandom(world.seed)
  const ids = createIds(clock, random)
  const health = createHealthBoard({ clock, random })
  const telemetry = createRecordingTelemetry()
  const asked: (readonly [Exchange, Target])[] = []
  const impatient = {
    ...clock,
    after(delayMs: number, action: () => void) {
      const timer = clock.after(delayMs, action)
      queueMicrotask(() => clock.advance(delayMs))
      return timer
    },
  }
  const dispatch = createDispatch({
    call: letThrough(createBreakCircuit(health, CIRCUIT_RULES))(async ({ exchange, target }) => {
      asked.push([exchange, target])
      const failure = world.providers[Number(target.provider.slice(1))]?.failure
      if (failure !== undefined) throw new Failure(failure)
      return respond(target, playSource([answer()]))
    }),
    upperBound: () => 0n,
    load: new LoadBoard(clock),
    health,
    retries: createRetryBudget(clock),
    extraStarts: createExtraStarts(clock),
    clock: impatient,
    random,
    ids,
    telemetry,
  })
  const permit = createPermit({ resolveRoute: (name) => routes.get(name), models: [] })
  const pickStep = createPickStep({ telemetry })
  const way: Way = {
    authenticate: () => sampleCaller(),
    admit: async (exchange) => pickStep(await permit(exchange)),
    answer: async (exchange) => {
      if (exchange.asked === undefined)
        await askOn(way, ids, {
          request: sampleChat({ model: 'judge', stream: false }),
          purpose: 'judge',
          parent: exchange,
        }).catch(isFailure)
      return dispatch(exchange)
    },
    clock: impatient,
    inFlight: new InFlight(),
  }
  const exchange = sampleExchange({
    request: sampleChat({ model: 'a' }),
    caller: sampleCaller(defined({ only: compileOnly(world.ofKey, 'key ci') })),
    requestOptions: { tags: world.tags },
  })
  try {
    await drain((await way.answer(await way.admit(exchange))).source)
  } catch (thrown) {
    isFailure(thrown)
  }
  return asked
}

function isFailure(thrown: unknown): void {
  if (!(thrown instanceof Failure) || thrown.code === 'internal') throw thrown
}

test('no attempt of any kind leaves what the route, its step and the key want, whatever fails, races or is asked on behalf', async () => {
  let attempts = 0
  await fc.assert(
    fc.asyncProperty(worldArbitrary, async (world) => {
      const asked = await run(world)
      attempts += asked.length
      const picked = world.steps.findIndex(
        (_, index) => index === world.steps.length - 1 || world.tags.includes(index === 0 ? 'one' : 'two'),
      )
      for (const [exchange, { provider, id }] of asked) {
        const facts = world.providers[Number(provider.slice(1))]
        if (facts === undefined) throw new Error('nobody knows the provider')
        const wanted = [world.ofKey, world.only, world.steps[picked]?.only]
        if (exchange.asked !== undefined) wanted.push(world.judge.only)
        const broken = wanted.find((only) => !fulfils(only, provider, facts))
        if (broken !== undefined) throw new Error(`${id} was asked, against ${JSON.stringify(broken)}`)
      }
    }),
    { numRuns: 1_000 },
  )
  expect(attempts).toBeGreaterThan(500)
}, 60_000)
