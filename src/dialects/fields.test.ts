import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { Fields } from './fields.ts'

const fields = new Fields({
  family: 'kin',
  marks: ['cache_control', 'breakpoint'],
  words: {
    sentence: (path, complaint) => `${path} ${complaint}.`,
    required: 'is missing',
    mustBe: 'has to be',
  },
})

function refusalOf(read: () => unknown): { readonly param: unknown; readonly message: unknown } {
  try {
    read()
  } catch (thrown) {
    if (thrown instanceof Failure) return { param: thrown.details.param, message: thrown.details.message }
    throw thrown
  }
  throw new Error('was not refused')
}

describe('a field of a client', () => {
  test('that is null is absent', () => {
    const body = { text: null, number: null, flag: null, object: null, array: null }
    expect(fields.text(body, 'text')).toBeUndefined()
    expect(fields.number(body, 'number')).toBeUndefined()
    expect(fields.count(body, 'number')).toBeUndefined()
    expect(fields.flag(body, 'flag')).toBeUndefined()
    expect(fields.object(body, 'object')).toBeUndefined()
    expect(fields.array(body, 'array')).toBeUndefined()
  })

  test.each<[string, () => unknown, string]>([
    ['a', () => fields.text({ a: 1 }, 'a'), 'a has to be a string.'],
    ['m[2].a', () => fields.text({ a: 1 }, 'a', 'm[2]'), 'm[2].a has to be a string.'],
    ['m[2].a', () => fields.requiredText({}, 'a', 'm[2]'), 'm[2].a is missing.'],
    ['a', () => fields.number({ a: '1' }, 'a'), 'a has to be a number.'],
    ['a', () => fields.count({ a: 0.5 }, 'a'), 'a has to be a whole number of at least 0.'],
    ['a', () => fields.count({ a: -1 }, 'a'), 'a has to be a whole number of at least 0.'],
    ['a', () => fields.flag({ a: 'yes' }, 'a'), 'a has to be true or false.'],
    ['a', () => fields.object({ a: [] }, 'a'), 'a has to be an object.'],
    ['a', () => fields.array({ a: {} }, 'a'), 'a has to be an array.'],
    ['m[2]', () => fields.asObject('text', 'm[2]'), 'm[2] has to be an object.'],
  ])('of another type is refused as %s, in the words of the dialect', (param, read, message) => {
    expect(refusalOf(read)).toEqual({ param, message })
  })

  test('that is unknown is kept for the family, below its object where it is held by one', () => {
    const known = new Set(['type', 'held'])
    const held = [{ key: 'held', fields: new Set(['a']) }]
    expect(fields.unknown({ type: 't', held: { a: 1 } }, known, held)).toEqual({})
    expect(fields.unknown({ type: 't', held: { a: 1, b: 2 }, c: 3 }, known, held)).toEqual({
      extra: { kin: { c: 3, held: { b: 2 } } },
    })
  })
})

describe('a mark for the prompt cache', () => {
  test('is read under each of its names, with its lifetime', () => {
    expect(fields.mark({})).toEqual({})
    expect(fields.mark({ cache_control: { type: 'ephemeral' } })).toEqual({ cache: {} })
    expect(fields.mark({ breakpoint: { ttl: '1h' } })).toEqual({ cache: { ttl: '1h' } })
  })

  test('is kept whole where it says more than can be understood', () => {
    const known = new Set(['cache_control'])
    expect(fields.unknown({ cache_control: { type: 'ephemeral', ttl: '5m' } }, known)).toEqual({})
    const more = { type: 'ephemeral', scope: 'global' }
    expect(fields.unknown({ cache_control: more }, known)).toEqual({
      extra: { kin: { cache_control: more } },
    })
  })
})
