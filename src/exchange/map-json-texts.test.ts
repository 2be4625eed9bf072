import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { mapJsonTexts, mapTextsOfJson } from './map-json-texts.ts'

const shout = (text: string): string => text.toUpperCase()

test.each([
  [
    '{ "a" : "b\\n", "c": [1.0, 12345678901234567890.50, "d"] }',
    '{ "A" : "B\\n", "C": [1.0, 12345678901234567890.50, "D"] }',
  ],
  ['{"quote":"she said \\"no\\"","\\u0062":true}', '{"QUOTE":"SHE SAID \\"NO\\"","B":true}'],
  ['not { json', 'NOT { JSON'],
  ['', ''],
  ['"alone"', '"ALONE"'],
])('texts of %j are mapped in their places', (json, mapped) => {
  expect(mapTextsOfJson(json, shout)).toBe(mapped)
})

test('a long number is looked at, and becomes a text where it is replaced; others stay as they are written', () => {
  const hide = (text: string): string => text.replace('4111111111111111', '<CARD_1>')
  expect(mapTextsOfJson('{"pan":4111111111111111,"n":-0.50,"e":1e9,"id":900719925474099312345}', hide)).toBe(
    '{"pan":"<CARD_1>","n":-0.50,"e":1e9,"id":900719925474099312345}',
  )
  expect(mapJsonTexts({ pan: 4111111111111111, small: 411 }, hide)).toEqual({ pan: '<CARD_1>', small: 411 })
})

test('JSON of which nothing is changed stays as it is, to the byte', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(0, 2), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent)
      expect(mapTextsOfJson(text, (one) => one)).toBe(text)
    }),
  )
})

test('words of a wire stay, and the members beside them do not', () => {
  expect(mapJsonTexts({ type: 'text', text: 'a', more: { type: { b: 'c' } } }, shout)).toEqual({
    TYPE: 'text',
    TEXT: 'A',
    MORE: { TYPE: { B: 'C' } },
  })
})

test('what stands where a word of the wire does and is none is a text', () => {
  expect(mapJsonTexts({ type: 'no word', more: { type: 'file_search' } }, shout)).toEqual({
    TYPE: 'NO WORD',
    MORE: { TYPE: 'file_search' },
  })
})
