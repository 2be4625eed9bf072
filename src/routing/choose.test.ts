import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { LAST_RESORT } from '../exchange/decision.ts'
import { Failure } from '../exchange/failure.ts'
import type { HealthView } from '../exchange/health-view.ts'
import { featuresOf, OPERATIONS } from '../exchange/operations/all.ts'
import { NO_RESTS } from '../exchange/rest-view.ts'
import type { Target } from '../exchange/target.ts'
import type { Choice, ChoiceQuestion } from './choice.ts'
import { createChooser } from './choose.ts'
import { breakDown, fail, sampleSubject } from './health.fixture.ts'
import { CIRCUIT_RULES } from './circuit.ts'
import { createHealthBoard } from './health.ts'
import { LoadBoard } from './loads.ts'
import { allowsTarget } from './model-patterns.ts'
import { Rests } from './rests.ts'
import { sampleChat, sampleRanking, sampleRoute, sampleTarget } from './samples.fixture.ts'

const random = createSeededRandom(1)
const FIRST = sampleTarget('one/a')
const SECOND = sampleTarget('two/b')
const THIRD = sampleTarget('three/c')

function createWorld() {
  const clock = createManualClock()
  return { clock, health: createHealthBoard({ clock, random: { ...random, next: () => 0.5 } }) }
}

const QUESTION = {
  load: new LoadBoard(createManualClock()),
  features: featuresOf(sampleChat()),
  operation: OPERATIONS.chat,
  rests: NO_RESTS,
  random,
}

function ask(changes: Partial<ChoiceQuestion> & { readonly health?: HealthView } = {}): Choice {
  const { health = createWorld().health, ...rest } = changes
  const rests = new Rests(health, 'ada')
  return createChooser()({ ...QUESTION, route: sampleRoute([FIRST, SECOND]), rests, ...rest })
}

const ids = ({ candidates }: Choice): string[] => candidates.map(({ target }) => target.id)
/** The order with the reason of the first, then who was left out and why. */
const reasons = ({ rank, filter }: Choice): string[] => [
  ...(rank?.targets ?? []).map(({ target }, index) => (index === 0 ? `${target} ${rank?.reason}` : target)),
  ...(filter?.targets ?? []).map(({ target, reason }) => `${target} ${reason}`),
]

function without(id: string, capabilities: Target['capabilities']): Target {
  return sampleTarget(id, { capabilities })
}

describe('order', () => {
  test('an ordered route keeps its order, fallbacks last', () => {
    const choice = ask({
      route: sampleRoute([FIRST, SECOND], { fallback: [{ target: THIRD, weight: 1 }] }),
    })
    expect(ids(choice)).toEqual(['one/a', 'two/b', 'three/c'])
    expect(reasons(choice)).toEqual(['one/a first-in-order', 'two/b', 'three/c'])
  })

  test('a route as it is listed stays so however often it was asked, and however it was asked in between', () => {
    const { clock, health } = createWorld()
    const choose = createChooser()
    const route = sampleRoute([FIRST, SECOND])
    const again = (): string[] => ids(choose({ ...QUESTION, rests: new Rests(health, 'ada'), route }))
    expect(again()).toEqual(['one/a', 'two/b'])
    const failed = sampleSubject({ target: FIRST.id, credential: FIRST.credentials[0]?.id ?? '' })
    for (let call = 0; call < CIRCUIT_RULES.faults; call += 1) fail(health, failed)
    expect(again()).toEqual(['two/b'])
    clock.advance(CIRCUIT_RULES.longestRestMs)
    expect(again()).toEqual(['one/a', 'two/b'])
    expect(ids(choose({ ...QUESTION, route: sampleRoute([SECOND]) }))).toEqual(['two/b'])
  })
})

describe('filters', () => {
  const image = {
    type: 'media',
    kind: 'image',
    source: { from: 'url', url: 'https://example.com/a.png' },
  } as const
  const withBlock = (kind: 'image' | 'document' | 'audio') =>
    sampleChat({ turns: [{ role: 'user', blocks: [{ ...image, kind }] }] })

  test.each([
    ['lacks-tools', { tools: false }, sampleChat({ tools: [{ type: 'function', name: 'f' }] })],
    ['lacks-vision', { vision: false }, withBlock('image')],
    ['lacks-documents', { documents: false }, withBlock('document')],
    ['lacks-audio', { audioInput: false }, withBlock('audio')],
    ['lacks-speech', { audioOutput: false }, sampleChat({ bearing: { audio: true, speech: true } })],
    [
      'lacks-json-schema',
      { jsonSchema: false },
      sampleChat({ output: { type: 'json-schema', schema: { type: 'object' } } }),
    ],
  ] as const)('%s only when it is known and needed', (reason, capabilities, chat) => {
    const route = sampleRoute([without('one/a', capabilities), SECOND])
    expect(reasons(ask({ route, features: featuresOf(chat) }))).toContain(`one/a ${reason}`)
    expect(ids(ask({ route }))).toEqual(['one/a', 'two/b'])
    expect(ids(ask({ features: featuresOf(chat) }))).toEqual(['one/a', 'two/b'])
  })

  test('a context too small is filtered with its numbers', () => {
    const route = sampleRoute([without('one/a', { contextTokens: 8_192 }), SECOND])
    const features = { ...featuresOf(sampleChat()), inputTokens: 8_000, maxOutputTokens: 1_000 }
    const choice = ask({ route, features })
    expect(ids(choice)).toEqual(['two/b'])
    expect(choice.filter?.targets).toEqual([
      { target: 'one/a', reason: 'context-too-small', detail: 'needs 9000, has 8192' },
    ])
  })

  test.each([
    ['a question too long by itself', { maxInputTokens: 7_000 }, 'needs 8000, has 7000'],
    [
      'a limit that is shortened to the model’s own',
      { contextTokens: 8_192, maxOutputTokens: 100 },
      undefined,
    ],
  ])('%s', (_what, capabilities, detail) => {
    const features = { ...featuresOf(sampleChat()), inputTokens: 8_000, maxOutputTokens: 1_000 }
    const { filter } = ask({ route: sampleRoute([without('one/a', capabilities), SECOND]), features })
    expect(filter?.targets[0]?.detail).toBe(detail)
  })

  test('an estimate alone never leaves a route empty: the largest context is tried', () => {
    const route = sampleRoute([
      without('one/a', { contextTokens: 100 }),
      without('two/b', { contextTokens: 200 }),
    ])
    const choice = ask({ route, features: { ...featuresOf(sampleChat()), inputTokens: 300 } })
    expect(choice.candidates).toMatchObject([{ target: { id: 'two/b' }, lastResort: true }])
    expect(reasons(choice)).toEqual([
      'two/b last-resort',
      'one/a context-too-small',
      'two/b context-too-small',
    ])
  })

  test('what the key forbids and what has no price where the route denies that is never tried', () => {
    const { price: _price, ...unpriced } = FIRST
    const route = sampleRoute([unpriced, SECOND], { unpriced: 'deny' })
    const choice = ask({ route, permits: (target) => allowsTarget(['one/*', 'three/*'], ['sample'], target) })
    expect(choice.candidates).toEqual([])
    expect(reasons(choice)).toEqual(['one/a unpriced', 'two/b key-forbids'])
    expect(ids(ask({ route: { ...route, unpriced: 'allow' } }))).toEqual(['one/a', 'two/b'])
    const budgeted = { route: { ...route, unpriced: 'without-budget' } } as const
    expect(ids(ask(budgeted))).toEqual(['one/a', 'two/b'])
    expect(reasons(ask({ ...budgeted, isBudgeted: true }))).toEqual([
      'two/b first-in-order',
      'one/a unpriced',
    ])
  })
})

describe('health', () => {
  test('a resting target is passed over', () => {
    const { health } = createWorld()
    breakDown(health, FIRST.id)
    const choice = ask({ health })
    expect(ids(choice)).toEqual(['two/b'])
    expect(reasons(choice)).toEqual(['two/b first-in-order', 'one/a circuit-open'])
  })

  test('when everything rests, the one that recovers first is the last resort', () => {
    const { clock, health } = createWorld()
    breakDown(health, FIRST.id)
    clock.advance(1_000)
    breakDown(health, SECOND.id)
    const choice = ask({ health })
    expect(choice.candidates).toMatchObject([{ target: { id: 'one/a' }, lastResort: true }])
    expect(reasons(choice)).toEqual(['one/a last-resort', 'one/a circuit-open', 'two/b circuit-open'])
  })

  test('a credential that is refused, or limited for hours, is the last resort: somebody may have put it right', () => {
    const hours = new Failure('provider-rate-limited', { retryAfterMs: 3 * 3_600_000 })
    for (const failure of [new Failure('provider-auth'), hours]) {
      const { health } = createWorld()
      fail(health, sampleSubject({ target: 'one/a', credential: 'one/main' }), failure)
      expect(ids(ask({ health }))).toEqual(['two/b'])
      const choice = ask({ health, route: sampleRoute([FIRST]) })
      expect(choice.candidates).toMatchObject([{ target: { id: 'one/a' }, lastResort: true }])
      expect(reasons(choice)).toEqual(['one/a last-resort', 'one/a credentials-exhausted'])
    }
  })

  test('a target without credentials is no last resort', () => {
    const choice = ask({ route: sampleRoute([sampleTarget('one/a', { credentials: [] })]) })
    expect(choice.candidates).toEqual([])
    expect(choice.retryAfterMs).toBeUndefined()
    expect(choice.filter?.targets).toMatchObject([
      { reason: 'credentials-exhausted', detail: 'there is none' },
    ])
  })

  test('limited credentials are waited for, not tried, and nothing worse is tried in their place', () => {
    const { health } = createWorld()
    const limit = (target: string, credential: string, retryAfterMs: number): void =>
      fail(
        health,
        sampleSubject({ target, credential }),
        new Failure('provider-rate-limited', { retryAfterMs }),
      )
    limit('one/a', 'one/main', 9_000)
    limit('two/b', 'two/main', 4_000)
    const choice = ask({ health })
    expect(choice.candidates).toEqual([])
    expect(choice.retryAfterMs).toBe(4_000)
    fail(health, sampleSubject({ target: 'three/c', credential: 'three/main' }), new Failure('provider-auth'))
    expect(ask({ health, route: sampleRoute([FIRST, THIRD]) }).retryAfterMs).toBe(9_000)
  })
})

test('every target of a route is either ranked or left out for a reason, and equal questions get equal answers', () => {
  const targets = fc.array(
    fc.record({
      tools: fc.option(fc.boolean(), { nil: undefined }),
      contextTokens: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
      weight: fc.nat(5),
    }),
    { maxLength: 6 },
  )
  fc.assert(
    fc.property(targets, fc.nat(), fc.nat(6), (drawn, seed, split) => {
      const entries = drawn.map(({ weight, tools, contextTokens }, index) => ({
        weight,
        target: without(`p/${index}`, {
          ...(tools === undefined ? {} : { tools }),
          ...(contextTokens === undefined ? {} : { contextTokens }),
        }),
      }))
      const route = sampleRoute([], { ranking: sampleRanking('weighted'), fallback: entries.slice(split) })
      const features = featuresOf(sampleChat({ tools: [{ type: 'function', name: 'f' }] }))
      const question = { route: { ...route, targets: entries.slice(0, split) }, features }
      const choice = ask({ ...question, random: createSeededRandom(seed) })
      const ranked = (choice.rank?.targets ?? []).map(({ target }) => target)
      const left = (choice.filter?.targets ?? []).map(({ target }) => target)
      const isLastResort = choice.rank?.reason === LAST_RESORT
      expect([...(isLastResort ? [] : ranked), ...left].toSorted()).toEqual(
        entries.map(({ target }) => target.id).toSorted(),
      )
      expect(ids(choice)).toEqual(ranked)
      expect(ask({ ...question, random: createSeededRandom(seed) })).toEqual(choice)
    }),
  )
})

describe('what a model can be asked for', () => {
  const VECTORS = { name: 'embed', interchangeable: false } as const
  const forVectors = (id: string): Target =>
    sampleTarget(id, { model: id.slice(id.indexOf('/') + 1), capabilities: { operations: ['embed'] } })

  test('who is known not to do it is left out, who is not known stays', () => {
    const route = sampleRoute([without('one/a', { operations: ['chat'] }), SECOND])
    const choice = ask({ route, operation: { name: 'embed', interchangeable: true } })
    expect(ids(choice)).toEqual(['two/b'])
    expect(choice.filter?.targets).toEqual([
      { target: 'one/a', reason: 'lacks-operation', detail: 'is for chat' },
    ])
  })

  test('answers that do not go together come from one model: the same at several providers, and no other', () => {
    const targets = ['one/bge-m3', 'two/BAAI/bge-m3', 'three/nomic'].map(forVectors)
    const choice = ask({ route: sampleRoute(targets), operation: VECTORS })
    expect(ids(choice)).toEqual(['one/bge-m3', 'two/BAAI/bge-m3'])
    expect(reasons(choice)).toContain('three/nomic other-model')
  })

  test('it is that of the first target that can be asked, also while it rests', () => {
    const world = createWorld()
    const [meant, other] = [forVectors('two/bge-m3'), forVectors('three/nomic')]
    breakDown(world.health, meant.id)
    const route = sampleRoute([without('one/a', { operations: ['chat'] }), meant, other])
    const choice = ask({ route, operation: VECTORS, health: world.health })
    expect(choice.candidates.map(({ target, lastResort }) => [target.id, lastResort])).toEqual([
      ['two/bge-m3', true],
    ])
  })

  test('a route that says so mixes models, and what is interchangeable is not held to one', () => {
    const targets = ['one/bge-m3', 'two/nomic'].map(forVectors)
    const mixing = sampleRoute(targets, { mixesModels: true })
    expect(ids(ask({ route: mixing, operation: VECTORS }))).toHaveLength(2)
    expect(ids(ask({ route: sampleRoute([FIRST, SECOND]) }))).toHaveLength(2)
  })

  test('what has to fit into the context is the longest text, not all of them', () => {
    const features = { ...featuresOf(sampleChat()), inputTokens: 9_000, atOnceTokens: 400 }
    const route = sampleRoute([without('one/a', { contextTokens: 512 })])
    expect(reasons(ask({ route, features }))).toEqual(['one/a first-in-order'])
    expect(reasons(ask({ route, features: { ...features, atOnceTokens: 600 } }))).toEqual([
      'one/a last-resort',
      'one/a context-too-small',
    ])
  })
})
