import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { compileText } from '../../src/config/compile.fixture.ts'
import type { Attempt } from '../../src/exchange/exchange.ts'
import { Failure } from '../../src/exchange/failure.ts'
import type { FailureCode } from '../../src/exchange/failure-table.ts'
import type { RequestOptions } from '../../src/exchange/request-options.ts'
import { mintKey } from '../../src/exchange/virtual-key.ts'
import { defined } from '../../src/kit/defined.ts'
import { hmacSha256Hex } from '../../src/kit/hash.ts'
import type { JsonObject } from '../../src/kit/json.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { answer, playSource, respond } from '../../src/policies/samples.fixture.ts'
import { sampleChat } from '../../src/routing/samples.fixture.ts'
import { openPlayedGateway } from './played-gateway.ts'

/*
 * Whole files are drawn, with everything that may lead an attempt somewhere: steps, fallbacks, what follows a kind of failure, races, hedges,
 * answers that are looked at and judged, shadows, splits, canaries, aliases, wishes. Providers fail, say nothing of worth, or are slow. Whatever
 * happens, nobody is asked who does not fulfil what the file wants of him.
 */

const REGIONS = ['eu', 'eu-central-1', 'us-east-1', 'euphoria'] as const
const RETENTIONS = { zero: 0, '1d': 1, '30d': 30 } as const
const TAGS: readonly string[] = ['gold', 'iso', 'cheap']
const FAILURES: readonly FailureCode[] = [
  'provider-overloaded',
  'connect-failed',
  'context-overflow',
  'content-refused',
  'malformed-response',
  'provider-rate-limited',
]
const KINDS = ['timeout', 'rate-limit', 'server-error', 'refused', 'context-overflow', 'bad-output'] as const
/** What a provider may say that is found wanting. */
const SORRY = "I'm sorry, but I can't help with that."
const SLOW_MS = 2_000

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
/** Mostly something. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 5 })
const someTags = fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1 })

/** What the file may say of a provider, and how it is played. */
const providerArbitrary = fc.record({
  region: maybe(fc.constantFrom(...REGIONS)),
  retention: maybe(fc.constantFrom('zero', '1d', '30d')),
  dataPolicy: maybe(fc.constantFrom('no-training', 'training')),
  tags: maybe(someTags),
  failure: rarely(fc.constantFrom(...FAILURES)),
  says: fc.constantFrom('It is tall.', SORRY, SORRY),
  slow: fc.boolean(),
})

const NAMES = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']
const modelOf = (index: number): string => `p${index}/m`

interface Only {
  readonly region?: readonly string[]
  readonly retention?: keyof typeof RETENTIONS
  readonly data_policy?: string
  readonly providers?: readonly string[]
  readonly tags?: readonly string[]
}

/** What the file may want. */
const onlyArbitrary: fc.Arbitrary<Only | undefined> = rarely(
  fc.oneof(
    fc.record({ region: fc.uniqueArray(fc.constantFrom('eu', 'us', 'eu-central-1'), { minLength: 1 }) }),
    fc.record({ retention: fc.constantFrom('zero', '1d', '30d') }),
    fc.record({ data_policy: fc.constant('no-training') }),
    fc.record({ providers: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 2 }) }),
    fc.record({ tags: someTags, region: fc.constant(['eu']) }),
  ),
)

const places = fc
  .uniqueArray(fc.nat({ max: NAMES.length - 1 }), { minLength: 1, maxLength: 4 })
  .map((indexes) => indexes.map(modelOf))

const paceArbitrary = fc.constantFrom<JsonObject>(
  {},
  { race: 2 },
  { race: { of: 2, accept: 'whole' } },
  { hedge: { after: '50ms', max_extra_starts: '100%' } },
)

const dividedArbitrary = fc.oneof(
  fc.constant({}),
  places.map((targets) => ({
    split: { by: 'request', arms: { usual: 50, other: { share: 50, targets } } },
  })),
  places.map((targets) => ({ canary: { by: 'request', share: 50, targets } })),
)

/** A route, or a step of one. `judge` and `shadow` are the names of those who may be asked. */
const wayArbitrary = fc
  .record({
    targets: places,
    to: places,
    after: maybe(fc.dictionary(fc.constantFrom(...KINDS), places, { minKeys: 1, maxKeys: 2 })),
    only: onlyArbitrary,
    pace: paceArbitrary,
    divided: dividedArbitrary,
    escalate: mostly(
      fc.record({
        judge: maybe(fc.constant({ route: 'judge' })),
        stream: fc.constantFrom('buffer', 'probe', 'none'),
      }),
    ),
    shadow: maybe(fc.constantFrom('shadowed', 'p0/m', 'short')),
    strategy: fc.constantFrom('ordered', 'weighted', 'cheapest'),
  })
  .map(({ targets, to, after, only, pace, divided, escalate, shadow, strategy }) => ({
    targets,
    strategy,
    fallback: { to, attempts: 8, ...defined({ after }) },
    ...pace,
    ...divided,
    ...defined({
      only,
      escalate: escalate && {
        ...defined({ judge: escalate.judge }),
        stream: escalate.stream,
        verify: ['refusal'],
      },
      shadow: shadow && { to: shadow, share: 100, budget: { usd: 1_000, per: 'day' } },
    }),
  }))

const wishesArbitrary = fc.record({
  region: rarely(fc.constantFrom('eu', 'us')),
  ignore: rarely(fc.constantFrom(...NAMES)),
  arm: rarely(fc.constantFrom('other', 'canary')),
})

const worldArbitrary = fc.record({
  providers: fc.array(providerArbitrary, { minLength: NAMES.length, maxLength: NAMES.length }),
  ofRoute: onlyArbitrary,
  ofKey: onlyArbitrary,
  ofProject: onlyArbitrary,
  steps: fc.array(wayArbitrary, { minLength: 1, maxLength: 3 }),
  // Nobody judges himself, nor is his own shadow.
  judge: wayArbitrary.map((judge) => ({ ...judge, escalate: undefined })),
  shadowed: wayArbitrary.map((shadowed) => ({ ...shadowed, shadow: undefined })),
  alias: places,
  asked: fc.constantFrom('a', 'a', 'a', 'a', 'short', 'p1/m', 'shadowed'),
  tags: fc.subarray(['one', 'two', 'other']),
  wishes: wishesArbitrary,
  stream: fc.boolean(),
  seed: fc.nat(),
})

type World = typeof worldArbitrary extends fc.Arbitrary<infer T> ? T : never
type Provider = World['providers'][number]

/** The same rules once more, as docs/route-by-region.md tells them. */
function fulfils(only: Only | undefined, name: string, provider: Provider): boolean {
  if (only === undefined) return true
  const { region, retention, data_policy: policy, providers: wanted, tags } = only
  const kept = provider.retention === undefined ? Number.POSITIVE_INFINITY : RETENTIONS[provider.retention]
  return (
    (region === undefined || region.some((one) => lies(provider.region, one))) &&
    (retention === undefined || kept <= RETENTIONS[retention]) &&
    (policy === undefined || provider.dataPolicy === policy) &&
    (wanted === undefined || wanted.includes(name)) &&
    (tags === undefined || tags.every((tag) => provider.tags?.includes(tag)))
  )
}

function lies(region: string | undefined, wanted: string): boolean {
  const parts = (region ?? 'nowhere').split('-')
  return parts.map((_, index) => parts.slice(0, index + 1).join('-')).includes(wanted)
}

const WHENS = ["'one' in request.tags", "'two' in request.tags && request.stream"]

const KEY = mintKey({
  environment: 'test',
  random: createSeededRandom(7),
  hmac: (secret) => hmacSha256Hex('pepper', secret),
}).text.reveal()

function write(world: World): string {
  const price = { input: 1, output: 1 }
  const providers = world.providers.map(({ region, retention, dataPolicy, tags }, index) => [
    `p${index}`,
    {
      type: 'openai-compatible',
      base_url: `https://p${index}.example/v1`,
      ...defined({ region, retention, data_policy: dataPolicy, tags }),
    },
  ])
  const steps = world.steps.map((step, index) => ({
    name: `s${index}`,
    ...step,
    ...(index === world.steps.length - 1 ? {} : { when: WHENS[index] }),
  }))
  return JSON.stringify({
    providers: Object.fromEntries(providers),
    models: { ...Object.fromEntries(NAMES.map((name) => [`${name}/m`, { price }])), short: world.alias },
    projects: { growth: defined({ only: world.ofProject }) },
    keys: [
      {
        name: 'ci',
        value: 'env:CI',
        project: 'growth',
        allow: ['tags', 'region', 'prefer', 'arm'],
        ...defined({ only: world.ofKey }),
      },
    ],
    routes: {
      a: { steps, ...defined({ only: world.ofRoute }) },
      judge: world.judge,
      shadowed: world.shadowed,
    },
  })
}

/** Who was asked, and why; undefined where the file is refused. */
async function run(world: World): Promise<readonly Attempt[] | undefined> {
  const { plan } = compileText(write(world), { environment: { CI: KEY } })
  if (plan === undefined) return undefined
  const asked: Attempt[] = []
  const gateway = await openPlayedGateway({
    plan,
    seed: world.seed,
    async send(attempt, wait) {
      asked.push(attempt)
      const { failure, says, slow } = providerOf(world, attempt)
      if (slow) await wait(SLOW_MS)
      if (failure !== undefined) throw new Failure(failure)
      const isJudge = attempt.exchange.asked?.purpose === 'judge'
      const verdict = JSON.stringify({ acceptable: says !== SORRY, score: says === SORRY ? 0.1 : 0.9 })
      return respond(attempt.target, playSource([answer(isJudge ? verdict : says)]))
    },
  })
  const { region, ignore, arm } = world.wishes
  const options: RequestOptions = {
    tags: world.tags,
    ...defined({ region, arm: world.asked === 'a' ? arm : undefined }),
    ...(ignore === undefined ? {} : { prefer: { ignore: [ignore] } }),
  }
  const failure = await gateway.ask(KEY, sampleChat({ model: world.asked, stream: world.stream }), options)
  if (failure?.code === 'internal') throw failure
  return asked
}

function providerOf({ providers }: World, { target }: Attempt): Provider {
  const provider = providers[Number(target.provider.slice(1))]
  if (provider === undefined) throw new Error('nobody knows the provider')
  return provider
}

/** Everything that is wanted of whoever is asked. */
function wantedOf(world: World, { exchange }: Attempt): readonly (Only | undefined)[] {
  const picked = world.steps.findIndex(
    (_, index) =>
      index === world.steps.length - 1 ||
      (index === 0 ? world.tags.includes('one') : world.tags.includes('two') && world.stream),
  )
  const wanted = [world.ofKey, world.ofProject]
  if (world.asked === 'a') wanted.push(world.ofRoute, world.steps[picked]?.only)
  if (world.asked === 'shadowed') wanted.push(world.shadowed.only)
  if (world.wishes.region !== undefined) wanted.push({ region: [world.wishes.region] })
  if (world.wishes.ignore !== undefined)
    wanted.push({ providers: NAMES.filter((name) => name !== world.wishes.ignore) })
  if (exchange.asked?.purpose === 'judge') wanted.push(world.judge.only)
  if (exchange.asked?.purpose === 'shadow' && exchange.request.model === 'shadowed')
    wanted.push(world.shadowed.only)
  return wanted
}

const seen = new Map<string, number>()
const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1)
test.each([1, 2, 3, 4])(
  'no attempt of any kind leaves what the file, the key, its project and the request want: part %d',
  async (part) => {
    await fc.assert(
      fc.asyncProperty(worldArbitrary, async (world) => {
        const asked = await run(world)
        fc.pre(asked !== undefined)
        count('files')
        for (const attempt of asked) expectWanted(world, attempt)
      }),
      { numRuns: 250 },
    )
    expect(seen.get('files')).toBeGreaterThanOrEqual(250 * part)
  },
)

function expectWanted(world: World, attempt: Attempt): void {
  const { exchange, target, begun } = attempt
  count(exchange.asked?.purpose ?? begun?.for ?? 'first')
  const facts = providerOf(world, attempt)
  const wanted = wantedOf(world, attempt)
  if (wanted.some((only) => only !== undefined)) count('constrained')
  const broken = wanted.find((only) => !fulfils(only, target.provider, facts))
  if (broken !== undefined) throw new Error(`${target.id} was asked, against ${JSON.stringify(broken)}`)
}

test('and there were attempts of every kind', () => {
  const kinds = ['first', 'retry', 'fallback', 'hedge', 'race', 'rung', 'judge', 'shadow', 'constrained']
  expect(kinds.filter((kind) => !seen.has(kind))).toEqual([])
})
