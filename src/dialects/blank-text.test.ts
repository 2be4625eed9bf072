import { expect, test } from 'bun:test'
import { isBlank } from './blank-text.ts'

test.each(['', ' ', '\n', ' \r\n\t', '\u00a0\u3000\u2028'])('%j says nothing', (text) => {
  expect(isBlank(text)).toBe(true)
})

test.each(['.', ' a', '0', '\n-\n', '\u200b'])('%j says something', (text) => {
  expect(isBlank(text)).toBe(false)
})
