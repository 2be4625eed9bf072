import { expect, test } from 'bun:test'
import { CanonicalWriter } from './canonical.ts'
import { ownerIn } from './cache-key.ts'
import { REQUEST_FATES, type Fate } from './fates.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'

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

test('what nobody has classified counts', () => {
  expect(write({ model: 'm', unheardOf: 1 }, { model: 'delivery' })).not.toBe(
    write({ model: 'm' }, { model: 'delivery' }),
  )
})

test('a number that is rounded makes no key', () => {
  const writer = new CanonicalWriter()
  writer.write({ seed: 2 ** 60 }, 'answer')
  expect(writer.isExact).toBe(false)
})

test('a long text stands by its hash, and cannot be taken for a text that reads like it', () => {
  const long = 'a'.repeat(5_000)
  const hashed = new CanonicalWriter().write(long, 'answer')
  expect(hashed.length).toBeLessThan(100)
  expect(new CanonicalWriter().write(hashed, 'answer')).not.toBe(hashed)
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
