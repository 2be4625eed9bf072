import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseCutObject } from './cut-json.ts'

test.each([
  ['{"a":1,"b":{"c":[1,2,{"d":"x"}]},"e":"unfinis', { a: 1, b: { c: [1, 2, { d: 'x' }] } }],
  ['{"a":1,"usage":{"in":9,"out":4}', { a: 1, usage: { in: 9, out: 4 } }],
  ['{"a":1,"usage":{"in":9,"out":4', { a: 1, usage: { in: 9 } }],
  [String.raw`{"a":"\",}","b":tru`, { a: '",}' }],
  ['{"a":1}', { a: 1 }],
  ['{"a":', undefined],
  ['', undefined],
  ['[1,2', undefined],
  ['<html>, }', undefined],
])('%s', (text, value) => {
  expect(parseCutObject(text)).toEqual(value as never)
})

test('cut anywhere, what is read is the beginning of the whole', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, place) => {
      const text = JSON.stringify({ first: 1, value, last: 'word' })
      const read = parseCutObject(text.slice(0, place % (text.length + 1)))
      for (const key in read) expect(['first', 'value', 'last']).toContain(key)
      if (read?.['last'] !== undefined) expect(read).toEqual(JSON.parse(text))
      if (read !== undefined) expect(read['first']).toBe(1)
    }),
  )
})
