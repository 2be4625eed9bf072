import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { isObject, parseJson, setMember, type Json } from './json.ts'
import { scanJson } from './json-scan.ts'
import { spliceJson, type JsonEdit } from './json-splice.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const splice = (text: string, ...edits: JsonEdit[]) => decoder.decode(spliceJson(encoder.encode(text), edits))

describe('splicing', () => {
  const text = '{ "model" : "gpt-4o",\n  "seed":12345678901234567890, "t": 1.0e-2,"x":[ ] }'

  test('replaces a value and nothing else', () => {
    expect(splice(text, { key: 'model', value: '"claude"' })).toBe(text.replace('"gpt-4o"', '"claude"'))
  })

  test('finds a key in any spelling', () => {
    expect(splice('{"mod\\u0065l":1}', { key: 'model', value: '2' })).toBe('{"mod\\u0065l":2}')
  })

  test('adds new members at the end', () => {
    expect(splice(text, { key: 'stream', value: 'true' }, { key: 'n"', value: '1' })).toBe(
      text.replace('[ ] }', '[ ],"stream":true,"n\\"":1 }'),
    )
    expect(splice(' { } ', { key: 'a', value: '1' })).toBe(' {"a":1 } ')
  })

  test('removes members from the beginning, the middle and the end', () => {
    expect(splice(text, { key: 'model', value: undefined })).toBe(
      '{ "seed":12345678901234567890, "t": 1.0e-2,"x":[ ] }',
    )
    expect(splice(text, { key: 'seed', value: undefined })).toBe(
      '{ "model" : "gpt-4o",\n  "t": 1.0e-2,"x":[ ] }',
    )
    expect(splice(text, { key: 'x', value: undefined })).toBe(
      '{ "model" : "gpt-4o",\n  "seed":12345678901234567890, "t": 1.0e-2 }',
    )
  })

  test('of nothing gives the same bytes', () => {
    expect(splice(text)).toBe(text)
    expect(splice(text, { key: 'absent', value: undefined })).toBe(text)
  })

  test('takes the last of several edits of one key', () => {
    expect(splice('{"a":1}', { key: 'a', value: '2' }, { key: 'a', value: '3' })).toBe('{"a":3}')
    expect(splice('{"a":1}', { key: 'b', value: '2' }, { key: 'b', value: undefined })).toBe('{"a":1}')
  })

  test('works with a scan made before', () => {
    const bytes = encoder.encode(text)
    const edits = [{ key: 'model', value: '"m"' }]
    expect(spliceJson(bytes, edits, scanJson(bytes))).toEqual(spliceJson(bytes, edits))
  })
})

/** Keys that meet each other often, the dangerous ones among them. */
const keys = fc.constantFrom('model', 'stream', '__proto__', 'constructor', 'ü', '"', '\\', '', '1', 'a b')
const edits = fc.array(fc.record({ key: keys, value: fc.option(fc.jsonValue(), { nil: undefined }) }), {
  maxLength: 6,
})

test('splicing then parsing equals editing the parsed object', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(keys, fc.jsonValue())),
      edits,
      fc.constantFrom(0, 2),
      (members, wanted, indent) => {
        const object: Record<string, Json | undefined> = {}
        for (const [key, value] of members) setMember(object, key, parseJson(JSON.stringify(value)))
        const text = JSON.stringify(object, null, indent)
        const spliced = splice(
          text,
          ...wanted.map(({ key, value }) => ({
            key,
            value: value === undefined ? undefined : JSON.stringify(value),
          })),
        )
        const expected = parseJson(text)
        if (!isObject(expected)) throw new Error('not an object')
        const edited: Record<string, Json | undefined> = { ...expected }
        for (const { key, value } of wanted) {
          if (value === undefined) delete edited[key]
          else setMember(edited, key, parseJson(JSON.stringify(value)))
        }
        expect(sortedEntries(parseJson(spliced))).toEqual(sortedEntries(edited))
      },
    ),
    { numRuns: 500 },
  )
})

test('bytes outside the edited values are untouched', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
      fc.jsonValue(),
      (object, value) => {
        const bytes = encoder.encode(JSON.stringify(object, null, 1))
        for (const { key, valueStart, valueEnd } of scanJson(bytes).members) {
          const text = JSON.stringify(value)
          const spliced = spliceJson(bytes, [{ key, value: text }])
          const tail = bytes.length - valueEnd
          expect(spliced.subarray(0, valueStart)).toEqual(bytes.subarray(0, valueStart))
          expect(decoder.decode(spliced.subarray(valueStart, spliced.length - tail))).toBe(text)
          expect(spliced.subarray(spliced.length - tail)).toEqual(bytes.subarray(valueEnd))
        }
      },
    ),
  )
})

function sortedEntries(value: Json): [string, string][] {
  if (!isObject(value)) throw new Error('not an object')
  return Object.entries(value)
    .map(([key, member]): [string, string] => [key, JSON.stringify(member)])
    .sort(([left], [right]) => (left < right ? -1 : 1))
}
