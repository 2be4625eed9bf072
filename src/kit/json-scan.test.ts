import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { isObject, parseJson } from './json.ts'
import { JsonScanError, type JsonScanLimits } from './json-bounds.ts'
import { scanJson, scanJsonInSteps } from './json-scan.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const scan = (text: string, limits?: JsonScanLimits) => scanJson(encoder.encode(text), limits)

function errorOf(action: () => unknown): JsonScanError {
  try {
    action()
  } catch (error) {
    if (error instanceof JsonScanError) return error
    throw error
  }
  throw new Error('expected a JsonScanError')
}

describe('members of the root', () => {
  test('are located without their surrounding white space', () => {
    const text = ' {\n "model" : "gpt" ,"n":1.50e0, "list":[1, [2]],"deep":{"model":"x"}\t}\r\n'
    const found = scan(text)
    expect(
      found.members.map(({ key, valueStart, valueEnd }) => [key, text.slice(valueStart, valueEnd)]),
    ).toEqual([
      ['model', '"gpt"'],
      ['n', '1.50e0'],
      ['list', '[1, [2]]'],
      ['deep', '{"model":"x"}'],
    ])
    expect(text[found.rootStart]).toBe('{')
    expect(text[found.rootEnd]).toBe('}')
    expect(found.find('model')?.valueStart).toBe(text.indexOf('"gpt"'))
    expect(found.find('absent')).toBeUndefined()
  })

  test('agree with the parser for any object, however it is spaced', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(0, 1, 2, '\t'),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent)
          const bytes = encoder.encode(text)
          const parsed = parseJson(text)
          if (!isObject(parsed)) throw new Error('not an object')
          const members = scanJson(bytes).members
          // The parser puts number-like keys first; the bytes know the written order.
          expect(members.map((member) => member.key).sort()).toEqual(Object.keys(parsed).sort())
          for (const member of members) {
            const value = parseJson(decoder.decode(bytes.subarray(member.valueStart, member.valueEnd)))
            expect(JSON.stringify(value)).toBe(JSON.stringify(parsed[member.key]))
          }
        },
      ),
    )
  })

  test('are none in an empty object', () => {
    expect(scan('{}').members).toEqual([])
    expect(scan(' { \n } ').members).toEqual([])
  })
})

describe('strings', () => {
  const long = 'x'.repeat(200)
  for (const value of [
    '',
    '"',
    '\\',
    '\\\\"',
    long,
    `${long}"`,
    `${long}\\`,
    `${long}\\"${long}`,
    `${long}\\\\\\"${long}\\\\`,
    '"'.repeat(500),
    '\\'.repeat(501),
    '{[,:]}',
    'ü€😀'.repeat(100),
    '\u2028\u0000',
  ]) {
    test(`end where the parser ends them: ${JSON.stringify(value).slice(0, 30)} (${value.length})`, () => {
      const text = JSON.stringify({ value, after: [value, { [value]: value }], last: 1 })
      const bytes = encoder.encode(text)
      const found = scanJson(bytes)
      expect(found.members.map((member) => member.key)).toEqual(['value', 'after', 'last'])
      const member = found.find('value')
      expect(parseJson(decoder.decode(bytes.subarray(member?.valueStart, member?.valueEnd)))).toBe(value)
    })
  }

  test('end where the parser ends them, for any run of quotes and backslashes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\\', '"', 'x', 'x'.repeat(60)), { maxLength: 40 }), (parts) => {
        const value = parts.join('')
        expect(scan(JSON.stringify({ value, last: 1 })).members).toHaveLength(2)
      }),
      { numRuns: 500 },
    )
  })
})

describe('repeated keys', () => {
  test('of the root are refused, whatever their spelling', () => {
    for (const text of [
      '{"model":1,"model":2}',
      '{"model":1,"mod\\u0065l":2}',
      '{"mod\\u0065l":1,"model":2}',
      '{"a":1,"":2,"":3}',
      '{"\\"":1,"\\u0022":2}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      expect(errorOf(() => scan(text)).reason).toBe('duplicate-key')
    }
    expect(errorOf(() => scan('{"model":1,"mod\\u0065l":2}')).key).toBe('model')
  })

  test('inside other objects, or the same name at two levels, are not', () => {
    expect(scan('{"a":{"b":1,"b":2},"b":3}').members).toHaveLength(2)
  })

  test('are found, and missed, in an object of few members and of many', () => {
    for (const count of [1, 16, 17, 18, 5_000]) {
      const members = Array.from({ length: count }, (_, index) => `"k${index}":${index}`)
      const found = scan(`{${members.join(',')}}`)
      expect(found.find('k0')?.key).toBe('k0')
      expect(found.find(`k${count - 1}`)).toEqual(found.members[count - 1])
      expect(found.find(`k${count}`)).toBeUndefined()
      for (const again of new Set([0, count - 1])) {
        expect(errorOf(() => scan(`{${members.join(',')},"k${again}":0}`)).key).toBe(`k${again}`)
      }
    }
  })

  test('are compared exactly: case and accents count', () => {
    expect(scan('{"model":1,"Model":2,"modèl":3,"mode\\u0300l":4}').members).toHaveLength(4)
  })
})

describe('bounds', () => {
  const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`

  test('depth counts the root and is refused just beyond the limit', () => {
    expect(scan('{}').depth).toBe(1)
    expect(scan(nested(128)).depth).toBe(128)
    expect(errorOf(() => scan(nested(129))).reason).toBe('too-deep')
    expect(errorOf(() => scan('{"a":' + '{"a":'.repeat(200_000))).reason).toBe('too-deep')
  })

  test.each([
    ['in the root', (names: string): string => `{${names}}`],
    ['inside', (names: string): string => `{"a":[{${names}}]}`],
    ['object by object', (names: string): string => `{"a":[${names.replaceAll(/[^,]+/g, '{$&}')}]}`],
  ])('different names of members are bounded: %s', (_where, wrap) => {
    const members = (count: number): string =>
      Array.from({ length: count }, (_none, at) => `"k${at}":1`).join(',')
    const limits = { depth: 10, tokens: 1_000_000, names: 100 }
    expect(errorOf(() => scan(wrap(members(101)), limits)).reason).toBe('too-many-names')
    expect(scan(wrap(members(99)), limits).depth).toBeGreaterThan(0)
  })

  test('a name that is said again and again counts once', () => {
    const text = `{"a":[${Array.from({ length: 500 }, () => '{"role":"user","text":"\\"a\\":1"}').join(',')}]}`
    expect(scan(text, { depth: 10, tokens: 1_000_000, names: 3 }).members).toHaveLength(1)
  })

  test('tokens are commas, colons and brackets outside strings, refused just beyond the limit', () => {
    const text = '{"a":[1,2,{"b":"{[,:]}"}],"c":null}'
    const { tokens } = scan(text)
    expect(tokens).toBe(12)
    expect(scan(text, { depth: 10, tokens, names: 10 }).tokens).toBe(tokens)
    expect(errorOf(() => scan(text, { depth: 10, tokens: tokens - 1, names: 10 })).reason).toBe(
      'too-many-tokens',
    )
    expect(errorOf(() => scan(`{"a":[${'0,'.repeat(2_000_001)}0]}`)).reason).toBe('too-many-tokens')
  })
})

describe('what is not a JSON object', () => {
  for (const text of ['', ' ', '[]', '"a"', '1', 'null', 'x', '\ufeff{}']) {
    test(`${JSON.stringify(text)} is not-an-object`, () => {
      expect(errorOf(() => scan(text)).reason).toBe('not-an-object')
    })
  }
  for (const text of [
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{"a":1}}',
    '{"a":1} x',
    '{"a" 1}',
    '{a:1}',
    "{'a':1}",
    '{"a":"',
    '{"a":"\\"}',
    '{"a":[}',
    '{"a":[[1]',
    '{,}',
    '{"\\x":1}',
    `{"a":"${'x'.repeat(100)}`,
    `{"a":"${'x'.repeat(100)}\\"}`,
  ]) {
    test(`${text.slice(0, 20)} is malformed`, () => {
      expect(errorOf(() => scan(text)).reason).toBe('malformed')
    })
  }

  test('never throws anything else, whatever the bytes', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1', ' ', '\\u00', '"a":')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const text = `{${parts.join('')}`
        try {
          scan(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonScanError)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

test('long numbers are noticed where the arguments of tools can be, and nowhere else', () => {
  const has = (text: string): boolean => scanJson(new TextEncoder().encode(text)).hasLongNumbers
  for (const long of ['1234567890123456', '-0.12345678901234567', '1e400', '1E5']) {
    expect(has(`{"a":[${long}]}`)).toBe(true)
    expect(has(`{"a":{"b":${long}}}`)).toBe(true)
    expect(has(`{"a":${long}}`)).toBe(false)
  }
  expect(has('{"a":[123456789012345,1.5,true,"1234567890123456789 1e400"],"b":{"c":"é1e4"}}')).toBe(false)
})

describe('in steps', () => {
  const inSteps = (text: string, stepBytes: number, limits?: JsonScanLimits) => {
    const steps = scanJsonInSteps(encoder.encode(text), stepBytes, limits)
    for (let count = 1; ; count += 1) {
      const { done, value } = steps.next()
      if (done === true) return { found: value, count }
    }
  }
  const textOf = String.raw`{"a":[1,{"b":"long enough to be left \"in the middle\\"},12345678901234567890],"c":"\u00e9 \\\" and so on and so on and so on and so on and so on and so on and so on","d":{"e":[[],[{}]]}}`

  test('the same is found, wherever a step ends', () => {
    const { members, rootEnd, depth, tokens, hasLongNumbers } = scan(textOf)
    for (let stepBytes = 1; stepBytes < 100; stepBytes += 1)
      expect(inSteps(textOf, stepBytes).found).toMatchObject({
        members,
        rootEnd,
        depth,
        tokens,
        hasLongNumbers,
      })
  })

  test('the bounds hold over all steps together', () => {
    const bounds = { depth: 5, tokens: 30, names: 3 }
    const many = `{"a":[${'[],'.repeat(20)}1],"b":2}`
    const deep = `{"a":${'['.repeat(5)}${']'.repeat(5)}}`
    const names = `{"a":{${Array.from({ length: 4 }, (_, index) => `"k${index}":0`).join(',')}}}`
    for (let stepBytes = 1; stepBytes < 40; stepBytes += 1) {
      expect(errorOf(() => inSteps(many, stepBytes, bounds)).reason).toBe('too-many-tokens')
      expect(errorOf(() => inSteps(deep, stepBytes, bounds)).reason).toBe('too-deep')
      expect(errorOf(() => inSteps(names, stepBytes, bounds)).reason).toBe('too-many-names')
      expect(errorOf(() => inSteps(textOf.slice(0, -1), stepBytes)).reason).toBe('malformed')
    }
  })

  test('no step looks at much more than was asked for, whatever the text is made of', () => {
    const escapes = String.raw`\"\n`.repeat(20_000)
    expect(inSteps(`{"a":["${escapes}"]}`, 1000).count).toBeGreaterThan(50)
    expect(inSteps(`{"a":"${escapes}"}`, 1000).count).toBeGreaterThan(50)
    expect(inSteps(`{"a":[${'[],'.repeat(20_000)}1]}`, 1000).count).toBeGreaterThan(50)
  })
})
