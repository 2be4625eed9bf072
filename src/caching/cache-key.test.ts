import { describe, expect, test } from 'bun:test'
import { isDeepStrictEqual } from 'node:util'
import { CanonicalWriter } from './canonical.ts'
import { ownerIn, QuestionKeys } from './cache-key.ts'
import { REQUEST_FATES, type Fate } from './fates.ts'
import type { Acceptance } from '../exchange/acceptance.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import type { Route } from '../exchange/route.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { createSeededRandom, type Random } from '../kit/random.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import { VERIFIERS } from '../verifying/all.ts'

type Table = Readonly<Record<string, Fate>>
type Sample = Readonly<Record<string, unknown>>

/** A value of every field, made of the table: what holds others has one of each kind, so deep. */
function sampleOf(fields: Table, depth: number): Sample {
  return Object.fromEntries(Object.entries(fields).map(([name, fate]) => [name, valueOf(name, fate, depth)]))
}

function valueOf(name: string, fate: Fate, depth: number): unknown {
  if (typeof fate !== 'function') return `${name} as it was`
  if (depth === 0) return []
  const shape = fate()
  if ('fields' in shape) return [sampleOf(shape.fields, depth - 1)]
  return Object.entries(shape.kinds).map(([kind, fields]) => ({
    ...sampleOf(fields, depth - 1),
    [shape.by]: kind,
  }))
}

/** Every sample that differs from one in a single field, with the fate of that. */
function* changesOf(sample: Sample, fields: Table): Generator<readonly [fate: Fate, changed: Sample]> {
  for (const [name, fate] of Object.entries(fields)) {
    if (typeof fate !== 'function') yield [fate, { ...sample, [name]: 'something else' }]
    const held = sample[name]
    if (typeof fate !== 'function' || !Array.isArray(held)) continue
    const shape = fate()
    for (const [index, one] of held.entries()) {
      const inner = 'fields' in shape ? shape.fields : (shape.kinds[String(one[shape.by])] ?? {})
      for (const [within, changed] of changesOf(one, inner))
        yield [within, { ...sample, [name]: held.with(index, changed) }]
    }
  }
}

const write = (value: unknown, fields: Table): string =>
  new CanonicalWriter().write(value, () => ({ fields }))

test.each(OPERATION_NAMES.filter((name) => REQUEST_FATES[name] !== undefined))(
  'requests of %s are told apart by what their answers depend on, and by nothing else',
  (operation) => {
    const fields: Table = REQUEST_FATES[operation] ?? {}
    const sample = sampleOf(fields, 3)
    const written = write(sample, fields)
    let count = 0
    for (const [fate, changed] of changesOf(sample, fields)) {
      count += 1
      expect(write(changed, fields) === written).toBe(fate === 'delivery')
    }
    expect(count).toBeGreaterThan(5)
  },
)

test('the order of members, and members that are not there, tell nothing', () => {
  const writer = new CanonicalWriter()
  const one = writer.write({ a: 1, b: { c: [1, 2], d: undefined } }, 'answer')
  expect(writer.write({ b: { c: [1, 2] }, a: 1 }, 'answer')).toBe(one)
  expect(writer.write({ b: { c: [2, 1] }, a: 1 }, 'answer')).not.toBe(one)
})

test.each(Array.from({ length: 200 }, (_, seed) => seed))(
  'values that differ anywhere are written differently, and the same in any order alike (%d)',
  (seed) => {
    const random = createSeededRandom(seed)
    const value = anyJson(random, 4)
    const writer = new CanonicalWriter()
    const written = writer.write(value, 'answer')
    expect(writer.write(shuffled(value, random), 'answer')).toBe(written)
    const other = changed(value, random)
    expect(writer.write(other, 'answer') === written).toBe(isDeepStrictEqual(other, value))
  },
)

/** Texts that read like what else stands in a key. */
const TEXTS = ['', 'a', '"', '\\', ',', ':', '{}', '[]', '#', 'null', '1', 'a"b', '\n', 'é', 'é'] as const

function anyJson(random: Random, depth: number): Json {
  const pick = Math.floor(random.next() * (depth === 0 ? 4 : 6))
  const some = (): number[] => Array.from({ length: Math.floor(random.next() * 4) }, (_, index) => index)
  const text = (): string => TEXTS[Math.floor(random.next() * TEXTS.length)] ?? ''
  if (pick === 0) return text()
  if (pick === 1) return Math.floor(random.next() * 5) / 2
  if (pick === 2) return random.next() < 0.5
  if (pick === 3) return null
  if (pick === 4) return some().map(() => anyJson(random, depth - 1))
  return Object.fromEntries(some().map(() => [text(), anyJson(random, depth - 1)]))
}

function shuffled(value: Json, random: Random): Json {
  if (isArray(value)) return value.map((one) => shuffled(one, random))
  if (!isObject(value)) return value
  const members = Object.entries(value).map(
    ([name, member]) => [name, shuffled(member ?? null, random)] as const,
  )
  return Object.fromEntries(members.toSorted(() => random.next() - 0.5))
}

/** Another value in the place of one, at any depth. */
function changed(value: Json, random: Random): Json {
  if (isArray(value) && value.length > 0 && random.next() < 0.8) {
    const at = Math.floor(random.next() * value.length)
    return value.with(at, changed(value[at] ?? null, random))
  }
  if (isObject(value) && random.next() < 0.8) {
    const names = Object.keys(value)
    const name = names[Math.floor(random.next() * names.length)]
    if (name !== undefined) return { ...value, [name]: changed(value[name] ?? null, random) }
  }
  return anyJson(random, 1)
}

test('what nobody has classified counts', () => {
  expect(write({ model: 'm', unheardOf: 1 }, { model: 'delivery' })).not.toBe(
    write({ model: 'm' }, { model: 'delivery' }),
  )
})

test.each([2 ** 60, Number.POSITIVE_INFINITY])('a number that is rounded makes no key: %d', (seed) => {
  const writer = new CanonicalWriter()
  writer.write({ seed }, 'answer')
  expect(writer.isExact).toBe(false)
})

test('a model writes what a schema describes in the order in which that stands there', () => {
  const asks = (first: string, second: string) =>
    write(
      { of: { type: 'object', properties: { [first]: { type: 'string' }, [second]: { type: 'string' } } } },
      { of: 'answer' },
    )
  expect(asks('reasons', 'verdict')).not.toBe(asks('verdict', 'reasons'))
  expect(write({ of: { properties: { x: { b: 2, a: 1 } }, type: 'object' } }, { of: 'answer' })).toBe(
    write({ of: { type: 'object', properties: { x: { a: 1, b: 2 } } } }, { of: 'answer' }),
  )
})

test('a long text stands by its hash, and cannot be taken for a text that reads like it', () => {
  const long = 'a'.repeat(5_000)
  const hashed = new CanonicalWriter().write(long, 'answer')
  expect(hashed.length).toBeLessThan(100)
  expect(new CanonicalWriter().write(hashed, 'answer')).not.toBe(hashed)
})

test('long texts are two also where only halves of characters tell them apart', () => {
  const [one, other] = ['\ud800', '\ud801'].map((half) =>
    new CanonicalWriter().write('a'.repeat(5_000) + half, 'answer'),
  )
  expect(one).not.toBe(other)
})

test('who has no owner of a scope shares with fewer, never with more', () => {
  const all = { key: 'k', user: 'u', project: 'p', team: 't', organisation: 'o' }
  expect(ownerIn({ owners: all }, 'team')).toBe('team:t')
  expect(ownerIn({ owners: all }, 'user')).toBe('user:p/u')
  expect(ownerIn({ owners: { key: 'k', project: 'p' } }, 'organisation')).toBe('project:p')
  expect(ownerIn({ owners: { key: 'k' } }, 'team')).toBe('key:k')
  expect(ownerIn({ owners: { key: 'k', project: 'p' } }, 'customer')).toBe('key:k')
  expect(ownerIn({ owners: all }, 'shared')).toBe('shared')
})

describe('of a route, a key tells', () => {
  const [one, two, three] = ['one/a', 'two/b', 'three/c'].map((id) => sampleTarget(id))
  const targets = [one, two].filter((target) => target !== undefined)
  const keys = new QuestionKeys()
  const keyFor = (changes: Partial<Route>, permits?: (target: string) => boolean) => {
    const route = sampleRoute(targets, changes)
    return keys.of({ ...sampleExchange(), route }, { scope: 'shared', permits })?.key
  }
  const usual = keyFor({})

  test('whom it asks, and whom after which failure', () => {
    expect(keyFor({})).toBe(usual)
    const led = sampleRoute([three].filter((target) => target !== undefined))
    for (const changes of [
      { targets: [] },
      { fallback: led.targets },
      { leads: new Map([['provider-timeout', led] as const]) },
      { leads: new Map([['context-overflow', led] as const]) },
      { marksPrompts: true } as const,
    ])
      expect(keyFor(changes)).not.toBe(usual)
  })

  test('where it asks, but for the simulated provider, whose port is another after a restart', () => {
    const asking = (baseUrl: string, simulated: boolean) => {
      const auth = { header: 'authorization', prefix: 'Bearer ' }
      const spoken = [{ dialect: 'openai-chat', baseUrl, auth, headers: {}, quirks: {} }]
      return keyFor({ targets: sampleRoute([sampleTarget('one/a', { spoken, simulated })]).targets })
    }
    expect(asking('http://127.0.0.1:1', true)).toBe(asking('http://127.0.0.1:2', true))
    expect(asking('http://127.0.0.1:1', false)).not.toBe(asking('http://127.0.0.1:2', false))
  })

  test('which of them the caller may use, where not all', () => {
    expect(keyFor({}, () => true)).toBe(usual)
    const some = ['one/a', 'two/b', 'none'].map((only) => keyFor({}, (target) => target === only))
    expect(new Set([usual, ...some]).size).toBe(4)
    const fallback = sampleRoute([three].filter((target) => target !== undefined)).targets
    expect(keyFor({ fallback }, (target) => target !== 'three/c')).not.toBe(keyFor({ fallback }))
  })

  test('what makes an answer good enough, to the threshold', () => {
    const accept = (changes: Partial<Acceptance>, options: JsonObject = {}): Partial<Route> => ({
      accept: {
        verifiers: VERIFIERS.filter(({ name }) => name === 'repetition').map(({ schema }) =>
          schema.parse(options),
        ),
        stream: 'buffer',
        refusals: 'stay',
        otherwise: 'best',
        ...changes,
      },
    })
    const made = [
      accept({}),
      accept({}, { most: 0.2 }),
      accept({ stream: 'none' }),
      accept({ refusals: 'escalate' }),
      accept({ otherwise: 'fail' }),
      accept({ judge: { route: 'judge', atLeast: 0.5 } }),
      accept({ judge: { route: 'judge', atLeast: 0.6 } }),
    ].map((route) => keyFor(route))
    expect(new Set([usual, ...made]).size).toBe(made.length + 1)
    expect(keyFor(accept({}))).toBe(made[0])
  })
})
