import { expect, test } from 'bun:test'
import { clipText, toPlainJson, toPlainText } from './plain-text.ts'

const HOSTILE = 'a\u001B[2J\u009B31m\r\n\u0000\u007F\u2028\u202Eb'

test('what would command a terminal is spelled out', () => {
  expect(toPlainText(HOSTILE, 100)).toBe(String.raw`a\u001b[2J\u009b31m\u000d\u000a\u0000\u007f\u2028\u202eb`)
})

test('names of every language stay as they are', () => {
  for (const text of ['gpt-4o', 'Grüße aus Köln', '模型', 'ключ', 'مفتاح', '🐦 → ✔'])
    expect(toPlainText(text, 100)).toBe(text)
})

test('a long text is clipped before it is looked at', () => {
  expect(clipText('x'.repeat(10), 10)).toBe('x'.repeat(10))
  expect(toPlainText('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…')
})

test('JSON says the same and commands nothing', () => {
  const json = toPlainJson(JSON.stringify({ [HOSTILE]: HOSTILE }))
  expect(JSON.parse(json)).toEqual({ [HOSTILE]: HOSTILE })
  expect(toPlainText(json, 1_000)).toBe(json)
})
