import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compileText } from '../config/compile.fixture.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { Caller } from '../exchange/caller.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import { requestFeatures, type Exchange } from '../exchange/exchange.ts'
import { operationOf } from '../exchange/operations/all.ts'
import { factsOf } from '../exchange/facts-of.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import type { Plan } from '../gateway/plan.ts'
import { andThen } from '../kit/maybe-promise.ts'
import { createWorld, untilOver } from '../policies/dispatch/contest.fixture.ts'
import { createAssignArm } from '../policies/request/assign-arm.ts'
import { createHeedWishes } from '../policies/request/heed-wishes.ts'
import { createMatchRoute } from '../policies/request/match-route.ts'
import { createPermit } from '../policies/request/permit.ts'
import { createPickStep } from '../policies/request/pick-step.ts'
import { createRecordingTelemetry, sampleExchange } from '../policies/samples.fixture.ts'
import { sampleChat } from '../routing/samples.fixture.ts'
import { createDecider, expectedCosts, type Decided, type Imagined } from './decide-again.ts'

const FILE = `
providers:
  eu: { type: openai-compatible, base_url: "https://eu.example/v1", region: eu-central-1 }
  us: { type: openai-compatible, base_url: "https://us.example/v1", region: us-east-1 }
  bare: { type: openai-compatible, base_url: "https://bare.example/v1" }
models:
  eu/a: { price: { input: 3, output: 15 } }
  us/a: { price: { input: 1, output: 5 } }
  us/b: { price: { input: 0.1, output: 0.4 }, context: 400 }
  bare/c: { price: { input: 0.5, output: 2 }, tools: false }
pricing: { unpriced: allow }
routes:
  plain: { targets: [us/a, eu/a], fallback: { to: [bare/c] } }
  cheap: { strategy: cheapest, targets: [eu/a, us/a, us/b, bare/c] }
  spread: { strategy: weighted, targets: [{ model: eu/a, weight: 2 }, us/a, bare/c] }
  tried: { targets: [us/a], split: { by: session, arms: { stable: 50, trial: { share: 50, targets: [eu/a] } } } }
  lead: { match: "headers['x-tier'] == 'lead' && request.has_tools", targets: [us/a, eu/a] }
  support:
    steps:
      - { name: both, when: "'eu' in request.tags && request.has_tools", refuse: Bring no tools. }
      - { name: regulated, when: "'eu' in request.tags", only: { region: eu }, targets: [eu/a] }
      - { name: gold, when: "headers['x-tier'] == 'gold'", targets: [eu/a] }
      - { name: tools, when: request.has_tools, targets: [bare/c, us/a] }
      - { name: default, strategy: weighted, targets: [us/b, bare/c] }
`

const plan = withOtherName(planOf(FILE))

/** A plan in which a route has a second name. */
function withOtherName(compiled: Plan): Plan {
  const other = (model: string): string => (model === 'old-name' ? 'support' : model)
  return { ...compiled, resolveRoute: (model) => compiled.resolveRoute(other(model)) }
}

function planOf(text: string): Plan {
  const { plan: compiled, problems } = compileText(text)
  if (compiled === undefined)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return compiled
}

/** An exchange as a decision is asked for it. */
function imaginedOf(exchange: Exchange): Imagined {
  const { id, caller, request, requestOptions } = exchange
  const hash = operationOf(request).promptPrefix?.(request)
  return {
    id,
    caller,
    request,
    requestOptions,
    features: requestFeatures(exchange),
    facts: factsOf(exchange),
    ...(hash !== undefined && { kept: { by: 'prompt_prefix', hash, bound: 1 } }),
  }
}

/** The steps that an exchange leaves behind on its way through admissions and dispatch, until somebody is asked. */
async function goneThrough(exchange: Exchange, under: Plan) {
  const world = createWorld({})
  const telemetry = createRecordingTelemetry()
  const canaries = { shareOf: () => 0, record() {} }
  const admissions = [
    createPermit({
      resolveRoute: under.resolveRoute,
      matchRoute: createMatchRoute(under.matches, telemetry),
      models: under.models.map(({ id }) => id),
    }),
    createPickStep({ telemetry }),
    createAssignArm({ canaries, telemetry }),
    createHeedWishes({ upperBound: () => 0n }),
  ]
  let failure: Failure | undefined
  try {
    let admitted = exchange
    for (const admit of admissions) admitted = await andThen(admit(admitted), (one: Exchange) => one)
    const answered = world.dispatch(admitted)
    await untilOver(world.clock, answered)
    await answered
  } catch (thrown) {
    failure = toFailure(thrown)
  }
  const steps = exchange.trail.steps.filter(({ step }) => step !== 'attempt')
  return { steps, code: failure?.code, message: failure?.message }
}

const told = ({ steps, failure }: Decided) => ({ steps, code: failure?.code, message: failure?.message })

const callers: readonly Caller[] = [
  sampleCaller(),
  sampleCaller({ models: ['support', 'eu/*'] }),
  sampleCaller({ operations: ['embed'] }),
  sampleCaller({ allowedOptions: ['tags'] }),
]

const optionsArbitrary: fc.Arbitrary<RequestOptions> = fc.record(
  {
    tags: fc.subarray(['eu', 'other']),
    session: fc.constantFrom('s1', 's2', 's3'),
    region: fc.constantFrom('eu', 'us', 'moon'),
    arm: fc.constantFrom('stable', 'trial', 'none'),
    prefer: fc.record(
      {
        order: fc.subarray(['bare', 'us/a', 'ghost']),
        ignore: fc.subarray(['us', 'eu']),
        maxPrice: fc.record({ output: fc.constantFrom(1_000_000n, 6_000_000n) }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
)

const exchangeArbitrary = fc
  .record({
    id: fc.integer({ min: 1, max: 9_999 }).map((number) => `req_${number}`),
    model: fc.constantFrom('plain', 'cheap', 'spread', 'tried', 'support', 'old-name', 'us/b', 'nobody'),
    words: fc.constantFrom(1, 60, 400),
    hasTools: fc.boolean(),
    tier: fc.constantFrom('gold', 'lead', undefined),
    caller: fc.constantFrom(...callers),
    requestOptions: optionsArbitrary,
  })
  .map(({ id, model, words, hasTools, tier, caller, requestOptions }) => {
    const text = 'a word or two, '.repeat(words)
    const request = sampleChat({
      model,
      turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
      ...(hasTools && { tools: [{ type: 'function', name: 'look' }] }),
    })
    const envelope = sampleEnvelope(tier === undefined ? {} : { 'x-tier': tier })
    return { id, request, caller, requestOptions, envelope }
  })

describe('a decision that nobody is asked for', () => {
  test('goes the same way, to the same targets or the same failure, as an exchange does', async () => {
    const decide = createDecider(plan)
    const seen = new Set<string>()
    await fc.assert(
      fc.asyncProperty(exchangeArbitrary, async (changes) => {
        const exchange = sampleExchange(changes)
        const decided = decide(imaginedOf(exchange))
        expect(told(decided)).toEqual(await goneThrough(exchange, plan))
        seen.add(decided.failure?.code ?? 'ok')
        for (const { step } of decided.steps) seen.add(step)
      }),
      { numRuns: 1_500 },
    )
    expect([...seen].toSorted()).toEqual(
      [
        'alias',
        'condition',
        'endpoint-not-allowed',
        'filter',
        'invalid-request',
        'match',
        'model-not-allowed',
        'model-not-found',
        'ok',
        'override-not-allowed',
        'rank',
        'refused-by-rule',
        'split',
        'wish-unmet',
      ].toSorted(),
    )
  })

  test('tells what each candidate is expected to cost', () => {
    const decided = createDecider(plan)(
      imaginedOf(sampleExchange({ request: sampleChat({ model: 'cheap', maxOutputTokens: 100 }) })),
    )
    expect(decided.candidates.map(({ target }) => target.id)).toEqual([
      'us/b@us-east-1',
      'bare/c',
      'us/a@us-east-1',
      'eu/a@eu-central-1',
    ])
    const costs = expectedCosts(decided).map(Number)
    expect(costs).toEqual(costs.toSorted((left, right) => left - right))
    // 100 tokens of an answer at $15 per million, and a few of the question.
    expect(costs.at(-1)).toBeGreaterThan(1_500_000)
    expect(costs.at(-1)).toBeLessThan(1_600_000)
  })
})
