import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { cutsOf } from './cuts.fixture.ts'
import { FreeTextReader, FreeTextWrapper } from './free-text.ts'

/** What is read out of arguments that come in pieces, piece by piece and at the end. */
function read(pieces: readonly string[]): readonly string[] {
  const reader = new FreeTextReader()
  return [...pieces.map((piece) => reader.push(piece)), reader.end()]
}

const TEXT = 'a "b" \\ c\n\u2028 é 😀 \u0001'

test('text is told as soon as it is complete', () => {
  expect(read(['{"in', 'put": "one ', 'two \\', 'n three \\u00', 'e9', '"', '}'])).toEqual([
    '',
    'one ',
    'two ',
    '\n three ',
    'é',
    '',
    '',
    '',
  ])
})

test('text is the same wherever its arguments are cut', () => {
  for (const json of [JSON.stringify({ input: TEXT }), `{ "input" : "\\ud83d\\ude00\\u00e9\\/\\q" }`]) {
    const whole = read([json]).join('')
    for (const pieces of cutsOf(json)) expect(read(pieces).join('')).toBe(whole)
  }
})

test('a character of two halves is never told in halves', () => {
  const json = '{"input":"a\\ud83d\\ude00b"}'
  for (const pieces of cutsOf(json)) for (const told of read(pieces)) expect(told.isWellFormed()).toBe(true)
})

test('half a character that has no other half is told as it is', () => {
  expect(read(['{"input":"\\ud83d', 'x"}']).join('')).toBe('\ud83dx')
  expect(read(['{"input":"\\ud83d\\n"}']).join('')).toBe('\ud83d\n')
})

test.each([
  'plain',
  '{"other":"x"}',
  '["a"]',
  '{"input":7}',
  '',
  '{"input"',
  `{"note":"${'x'.repeat(400)}"}`,
])('arguments of another shape are the text: %s', (json) => {
  for (const pieces of cutsOf(json)) expect(read(pieces).join('')).toBe(json)
})

test('a field beside the text does not hide it', () => {
  expect(read(['{"why":"because",', '"input":"text"}']).join('')).toBe('text')
})

test('what is wrapped piece by piece is one JSON object, and comes out as it went in', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (pieces) => {
      const wrapper = new FreeTextWrapper()
      const told = [...pieces.map((piece) => wrapper.push(piece)), wrapper.end()]
      expect(JSON.parse(told.join(''))).toEqual({ input: pieces.join('') })
      expect(read(told).join('')).toBe(pieces.join(''))
    }),
  )
})

test('a long text costs no more than it is long', () => {
  const piece = 'twenty characters or so'
  const pieces = ['{"input":"', ...Array.from({ length: 20_000 }, () => piece), '"}']
  const reader = new FreeTextReader()
  let characters = 0
  for (const one of pieces) characters += reader.push(one).length
  expect(characters + reader.end().length).toBe(20_000 * piece.length)
})
