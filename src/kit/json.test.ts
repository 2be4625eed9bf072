import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import {
  isArray,
  isObject,
  omitKeys,
  parseJson,
  parseJsonExactly,
  parseJsonObject,
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  setMember,
  toFiniteNumber,
  type JsonObject,
} from './json.ts'
import { LIMITS } from './limits.ts'

const object: JsonObject = {
  text: 'a',
  empty: '',
  count: 3,
  infinite: Infinity,
  yes: false,
  nothing: null,
  list: [1, { a: 1 }, null, [2], { b: 2 }],
  inner: { a: 1 },
}

describe('reading', () => {
  test('gives the value where the type fits', () => {
    expect(readString(object, 'text')).toBe('a')
    expect(readString(object, 'empty')).toBe('')
    expect(readNumber(object, 'count')).toBe(3)
    expect(readBoolean(object, 'yes')).toBe(false)
    expect(readObject(object, 'inner')).toEqual({ a: 1 })
    expect(readArray(object, 'list')).toHaveLength(5)
    expect(readObjects(object, 'list')).toEqual([{ a: 1 }, { b: 2 }])
  })

  test('gives undefined, or an empty list, for absent, null and other types', () => {
    for (const key of ['absent', 'nothing', 'list']) {
      expect(readString(object, key)).toBeUndefined()
      expect(readNumber(object, key)).toBeUndefined()
      expect(readBoolean(object, key)).toBeUndefined()
      expect(readObject(object, key)).toBeUndefined()
    }
    for (const key of ['absent', 'nothing', 'text', 'inner']) {
      expect(readArray(object, key)).toEqual([])
      expect(readObjects(object, key)).toEqual([])
    }
    expect(readNumber(object, 'infinite')).toBeUndefined()
  })

  test('never reaches what objects inherit', () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect(readString({}, key)).toBeUndefined()
      expect(readObject({}, key)).toBeUndefined()
      expect(readArray({}, key)).toEqual([])
    }
  })

  test('tells objects from arrays and null', () => {
    expect([isObject({}), isObject([]), isObject(null), isObject('x'), isObject(undefined)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    expect([isArray([]), isArray({}), isArray(undefined)]).toEqual([true, false, false])
  })
})

describe('parsing', () => {
  test('throws SyntaxError, or gives undefined where an object is wanted', () => {
    expect(() => parseJson('{')).toThrow(SyntaxError)
    expect(parseJsonObject('{')).toBeUndefined()
    expect(parseJsonObject('[1]')).toBeUndefined()
    expect(parseJsonObject('{"a":1}')).toEqual({ a: 1 })
  })
})

describe('text that nests deep', () => {
  const nested = (depth: number, filler: string): string =>
    `{"a":${'['.repeat(depth)}${JSON.stringify(filler)}${']'.repeat(depth)}}`
  const long = 'x'.repeat(LIMITS.shallowCharacters)

  test.each([
    ['as deep as may be', nested(LIMITS.jsonDepth - 1, long), true],
    ['one deeper', nested(LIMITS.jsonDepth, long), false],
    ['so deep that it cannot be written', nested(100_000, ''), false],
    ['with brackets in strings alone', nested(1, `${'["\\{'.repeat(1_000)}${long}`), true],
    ['with members side by side', `{"a":[${'[{}],'.repeat(10_000)}{}]}`, true],
  ])('%s', (_name, text, isTaken) => {
    expect(parseJsonObject(text) !== undefined).toBe(isTaken)
  })

  test('what is taken can be written again', () => {
    const deep = LIMITS.shallowCharacters / 2 - 4
    const taken = parseJsonObject(nested(deep, ''))
    expect(JSON.stringify(taken)).toBe(nested(deep, ''))
  })
})

describe('a member named __proto__', () => {
  const hostile = parseJsonObject('{"__proto__":{"admin":true},"a":1,"b":2}') ?? {}

  test('is a member after parsing', () => {
    expect(Object.keys(hostile)).toEqual(['__proto__', 'a', 'b'])
    expect(Object.getPrototypeOf(hostile)).toBe(Object.prototype)
    expect(readObject(hostile, '__proto__')).toEqual({ admin: true })
  })

  test('stays a member when keys are left out, and never becomes a prototype', () => {
    const copy = omitKeys(hostile, new Set(['a']))
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"admin":true},"b":2}')
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy['admin']).toBeUndefined()
    expect(Object.keys(omitKeys(hostile, new Set(['__proto__'])))).toEqual(['a', 'b'])
  })

  test('can be set on an object under construction', () => {
    const built = {}
    setMember(built, '__proto__', { admin: true })
    setMember(built, 'a', 1)
    expect(JSON.stringify(built)).toBe('{"__proto__":{"admin":true},"a":1}')
    expect(Object.getPrototypeOf(built)).toBe(Object.prototype)
  })
})

test('leaving keys out equals filtering the entries, for any object', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string()), (value, keys) => {
      const parsed = parseJson(JSON.stringify({ value, __proto__x: 1 }))
      if (!isObject(parsed)) return
      const omitted = new Set(keys)
      expect(JSON.stringify(omitKeys(parsed, omitted))).toBe(
        JSON.stringify(Object.fromEntries(Object.entries(parsed).filter(([key]) => !omitted.has(key)))),
      )
    }),
  )
})

describe('a number that the platform cannot hold', () => {
  const text =
    '{"id":1234567890123456789,"share":0.12345678901234567891,"most":1e400,"plain":[1,0.1,123456789012345.6]}'

  test('is written as it was read, alone and in a copy of its object', () => {
    const parsed = parseJsonExactly(text)
    expect(JSON.stringify(parsed)).toBe(text)
    expect(isObject(parsed) && JSON.stringify({ ...parsed })).toBe(text)
  })

  test('reads rounded, and is no object', () => {
    const parsed = parseJsonExactly(text)
    if (!isObject(parsed)) throw new Error('not an object')
    expect(readNumber(parsed, 'id')).toBe(1_234_567_890_123_456_800)
    expect(readNumber(parsed, 'most')).toBeUndefined()
    expect(isObject(parsed['id'])).toBe(false)
    expect(toFiniteNumber('1')).toBeUndefined()
  })

  test('is the only thing that is not what the parser gives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = JSON.stringify({ value, rawJSON: '1' })
        expect(JSON.stringify(parseJsonExactly(written))).toBe(JSON.stringify(parseJson(written)))
      }),
    )
    for (const same of ['[1.0]', '[-0]', '[5e3]', '[9007199254740993e0]', '["1234567890123456789"]']) {
      const digits = /\d{16}e/.test(same) ? same : JSON.stringify(parseJson(same))
      expect(JSON.stringify(parseJsonExactly(same))).toBe(digits)
    }
  })
})
