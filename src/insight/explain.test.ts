import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { compileText } from '../config/compile.fixture.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import type { Caller } from '../exchange/caller.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import { restsAsTold } from '../exchange/rest-view.ts'
import type { Inbound } from '../gateway/gateway.ts'
import type { Plan } from '../gateway/plan.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createUpperBound } from '../pricing/remember-bound.ts'
import { createDecider, type Decided } from './decide-again.ts'
import { explain, type Explanation, type ToExplain } from './explain.ts'
import { explanationJson } from './explanation-json.ts'
import type { Surroundings } from './imagine.ts'

/** What an imagined request says. */
interface Said {
  readonly features?: Partial<RequestFeatures>
  readonly options?: RequestOptions
  readonly headers?: Readonly<Record<string, string>>
  readonly caller?: Caller
  readonly around?: Partial<Surroundings>
}

/** The plan of a text without mistakes. */
function planOf(text: string): Plan {
  const { plan, problems } = compileText(text)
  if (plan === undefined)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return plan
}

/** An imagined request for a model, to be explained. */
function toExplain(plan: Plan, model: string, said: Said = {}): ToExplain {
  const { features = {}, options = {}, headers = {}, caller = sampleCaller(), around = {} } = said
  const inbound: Inbound = {
    dialect: 'any',
    request: { operation: 'chat', model, stream: false, turns: [], wantsUsage: false },
    envelope: sampleEnvelope(headers),
    requestOptions: options,
    signal: new AbortController().signal,
  }
  return {
    plan,
    inbound,
    around: {
      id: 'req_explained',
      caller,
      upperBound: createUpperBound(),
      clock: createManualClock(),
      madeUp: { features: { inputTokens: 1_000, ...features } },
      ...around,
    },
  }
}

const FILE = `
providers:
  eu: { type: openai-compatible, base_url: "https://eu.example/v1", region: eu-central-1 }
  us: { type: openai-compatible, base_url: "https://us.example/v1", region: us-east-1 }
  far: { type: openai-compatible, base_url: "https://far.example/v1" }
models:
  eu/big: { price: { input: 3, output: 15 }, context: 100000, quality: 0.9 }
  us/big: { price: { input: 1, output: 20 }, quality: 0.8 }
  us/small: { price: { input: 0.1, output: 0.4 }, context: 8192, tools: false, vision: false, quality: 0.4 }
  far/cheap: { price: { input: 2, output: 4 }, quality: 0.5 }
projects: { interns: { models: [plain, us/small] }, staff: {} }
routes:
  plain: { targets: [us/small, us/big], fallback: { to: [eu/big] } }
  cheap: { strategy: cheapest, targets: [us/big, far/cheap, eu/big] }
  alone: { targets: [us/big, us/small] }
  support:
    steps:
      - { name: regulated, when: "'eu' in request.tags && key.project != 'interns'", only: { region: eu }, targets: [eu/big] }
      - { name: gold, when: "'x-tier' in headers && headers['x-tier'] == 'gold'", targets: [eu/big] }
      - { name: night, when: "'night' in request.tags && request.has_tools", targets: [far/cheap] }
      - { name: large, when: request.input_tokens > 20000, targets: [us/big] }
      - { name: blocked, when: "request.session == 'bad'", refuse: Not today. }
      - { name: spent, when: budget.used_percent >= 80, targets: [us/small] }
      - { name: default, targets: [far/cheap, us/small] }
`

const plan = planOf(FILE)
const explained = (model: string, said?: Said): Explanation => explain(toExplain(plan, model, said))
const first = ({ candidates, failure }: Decided): string => candidates[0]?.target.id ?? failure?.code ?? ''
const told = ({ flips }: Explanation): string[] =>
  flips.map(({ change, decided }) => `${change.text}: ${first(decided)}`)

/** What a request may say: some of what the conditions ask for, and some that they do not. */
const anySaid: fc.Arbitrary<Said> = fc
  .record({
    tags: fc.subarray(['eu', 'night', 'other']),
    session: fc.constantFrom('', 'bad', 'good'),
    tier: fc.constantFrom('', 'gold', 'silver'),
    tools: fc.boolean(),
    vision: fc.boolean(),
    inputTokens: fc.constantFrom(0, 1, 900, 8_100, 20_000, 20_001, 150_000),
    maxOutputTokens: fc.constantFrom(0, 20, 4_000),
    used: fc.constantFrom(0, 0.5, 0.8, 1),
    rests: fc.subarray(['eu/big@eu-central-1', 'us/small@us-east-1', 'us/big@us-east-1', 'far/cheap']),
  })
  .map(({ tags, session, tier, tools, vision, inputTokens, maxOutputTokens, used, rests }) => ({
    features: { tools, vision, inputTokens, ...(maxOutputTokens > 0 && { maxOutputTokens }) },
    options: { tags, ...(session !== '' && { session }) },
    headers: tier === '' ? {} : { 'x-tier': tier },
    around: {
      budgetUses: [{ share: used, elapsed: 0.5 }],
      rests: restsAsTold({ targets: new Map(rests.map((id) => [id, 3_000])) }),
    },
  }))

describe('what would flip a choice', () => {
  test('is told for conditions, tokens, keys, budgets and rests, the nearest first', () => {
    expect(told(explained('support'))).toEqual([
      'it had the tag eu: eu/big@eu-central-1',
      'its header x-tier were "gold": eu/big@eu-central-1',
      'request.session were "bad": refused-by-rule',
      'far/cheap rested: us/small@us-east-1',
      'a key of the project interns asked: model-not-allowed',
      '80 % of its budget were used halfway through its window: us/small@us-east-1',
      'its input were 20001 tokens: us/big@us-east-1',
    ])
  })

  test('is told for what a target lacks, a context that is full, and a provider without which the next one is another', () => {
    expect(told(explained('plain'))).toEqual([
      'it brought tools: us/big@us-east-1',
      'it showed images: us/big@us-east-1',
      'us/small@us-east-1 rested: us/big@us-east-1',
      'the provider us were down: eu/big@eu-central-1',
      'its input were 8193 tokens: us/big@us-east-1',
      'it wanted at most 7193 tokens of answer: us/big@us-east-1',
    ])
  })

  test('is told for prices that cross: one token less and it is as it was', () => {
    const crossing = explained('cheap').flips.filter(({ change }) => change.text.includes('tokens'))
    expect(crossing.map(({ change }) => change.text)).toEqual([
      'it wanted at most 62 tokens of answer',
      'its input were 8001 tokens',
    ])
    const at = (inputTokens: number): string =>
      first(explained('cheap', { features: { inputTokens } }).decided)
    expect([at(8_000), at(8_001)]).toEqual(['far/cheap', 'us/big@us-east-1'])
  })

  test('is told for a target that is well again', () => {
    const rests = restsAsTold({ targets: new Map([['us/small@us-east-1', 3_000]]) })
    expect(told(explained('plain', { around: { rests } }))).toContain(
      'us/small@us-east-1 were well again: us/small@us-east-1',
    )
  })

  test('is never told of what the key may not say', () => {
    const caller = sampleCaller({ allowedOptions: [] })
    expect(told(explained('support', { caller })).join()).not.toContain('tag')
  })

  test('flips it indeed, whatever the request and the route', () => {
    const decide = createDecider(plan)
    let flips = 0
    fc.assert(
      fc.property(fc.constantFrom('plain', 'cheap', 'alone', 'support'), anySaid, (model, said) => {
        const explanation = explained(model, said)
        expect(explanation.flips.length).toBeLessThanOrEqual(8)
        const distances = explanation.flips.map(({ change }) => change.distance)
        expect(distances).toEqual(distances.toSorted((left, right) => left - right))
        for (const { change, decided } of explanation.flips) {
          flips += 1
          const again = decide(change.apply(explanation.imagined))
          expect(first(again)).toBe(first(decided))
          expect(first(again)).not.toBe(first(explanation.decided))
        }
      }),
      { numRuns: 150 },
    )
    expect(flips).toBeGreaterThan(300)
  })
})

describe('a change says all that follows from it', () => {
  test('so that a request which is made so is decided on alike', () => {
    const tagged = explained('support', { options: { tags: ['eu'] } })
    expect(first(tagged.decided)).toBe('eu/big@eu-central-1')
    const large = explained('support', { features: { inputTokens: 20_001 } })
    expect(first(large.decided)).toBe('us/big@us-east-1')
    const limited = explained('cheap', { features: { maxOutputTokens: 62 } })
    expect(first(limited.decided)).toBe('us/big@us-east-1')
  })
})

describe('a provider that goes down', () => {
  const outage = (model: string, provider: string, said?: Said) => {
    const explanation = explain({ ...toExplain(plan, model, said), outage: provider })
    return explanation.outage && explanationJson(explanation)['outage']
  }

  test('is passed by: who is asked in vain meanwhile, and who answers then', () => {
    expect(outage('plain', 'us')).toMatchObject({
      meanwhile: { in_vain: ['us/small@us-east-1', 'us/big@us-east-1'], answers: 'eu/big@eu-central-1' },
      afterwards: { target: 'eu/big@eu-central-1', alone: false },
    })
  })

  test('leaves nobody where the route has nobody else', () => {
    expect(outage('alone', 'us')).toEqual({
      provider: 'us',
      meanwhile: { in_vain: ['us/big@us-east-1', 'us/small@us-east-1'] },
      afterwards: {
        target: 'us/big@us-east-1',
        reason: 'last-resort',
        detail: 'rests 5 s',
        alone: true,
      },
    })
  })

  test('is no matter to a way that does not lead there', () => {
    expect(outage('alone', 'eu')).toMatchObject({
      meanwhile: { in_vain: [], answers: 'us/big@us-east-1' },
      afterwards: { target: 'us/big@us-east-1', alone: false },
    })
  })

  test('is not passed by for a request that wants no fallback, until it is known', () => {
    expect(outage('plain', 'us', { options: { noFallback: true } })).toMatchObject({
      meanwhile: { in_vain: ['us/small@us-east-1'] },
      afterwards: { target: 'eu/big@eu-central-1' },
    })
  })
})

test('an explanation says of every target where it stands, what it costs and why', () => {
  const { candidates, failure } = explanationJson(explained('plain', { features: { tools: true } }))
  expect(failure).toBeUndefined()
  expect(candidates).toMatchObject([
    {
      step: 'rank',
      place: 1,
      target: 'us/big@us-east-1',
      reason: 'first-in-order',
      expected_cost_usd: '0.011000',
    },
    {
      step: 'rank',
      place: 2,
      target: 'eu/big@eu-central-1',
      reason: 'fallback',
      expected_cost_usd: '0.010500',
    },
    { step: 'filter', target: 'us/small@us-east-1', reason: 'lacks-tools' },
  ])
})
