import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createByteShape } from './byte-shape.ts'

const encoder = new TextEncoder()
const frame = (text: string, padding = 'x'): string =>
  `data: ${JSON.stringify({ id: 1, delta: { content: text }, end: null, padding })}\n\n`
const shape = createByteShape(['data: {"id":1,"delta":{"content":"', '"},"end":null,"padding":"', '"}\n\n'])
const matches = (text: string): boolean => shape.matches(encoder.encode(text))

test('texts that differ only in their free strings match, whatever these hold', () => {
  for (const text of ['', 'word', 'ü 🙂', 'line\nbreak', 'a "quoted" word', '"', '\\n'])
    expect(matches(frame(text, ''))).toBe(true)
})

test('texts that are shorter, longer or otherwise different do not match', () => {
  const whole = frame('word')
  for (const other of [
    '',
    whole.slice(0, 10),
    whole.slice(0, -1),
    `${whole}x`,
    whole.replace('null', '"stop"'),
    whole.replace('"id":1', '"id":2'),
    frame('word').replace('"end"', '"usage":{"n":1},"end"'),
  ])
    expect(matches(other)).toBe(false)
})

test('no string can pass for another member', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\\', '"', 'a', '},', '"end":null', '{"usage":1}')), (pieces) => {
      const text = pieces.join('')
      const changed = frame(text).replace('"end":null', '"end":"stop"')
      expect(matches(changed) && !text.includes('"end":null')).toBe(false)
      // A backslash at the end hides the quote that closes the string; then the text is read, which is never wrong.
      if (!text.endsWith('\\')) expect(matches(frame(text))).toBe(true)
    }),
  )
})

test('a view into a larger buffer is matched on its own bytes', () => {
  const bytes = encoder.encode(`....${frame('word')}....`)
  expect(shape.matches(bytes.subarray(4, bytes.length - 4))).toBe(true)
  expect(shape.matches(bytes.subarray(4))).toBe(false)
})

test('bytes are bare when no free string holds anything', () => {
  expect(shape.isBare(encoder.encode(frame('', '')))).toBe(true)
  for (const [text, padding] of [
    ['a', ''],
    ['', 'a'],
    ['"', ''],
  ] as const)
    expect(shape.isBare(encoder.encode(frame(text, padding)))).toBe(false)
  const constant = createByteShape(['data: {}\n\n'])
  expect(constant.isBare(encoder.encode('data: {}\n\n'))).toBe(false)
})
