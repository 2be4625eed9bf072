import { expect, test } from 'bun:test'
import { parseJsonExactly } from '../kit/json.ts'
import { createDetectors } from './all.ts'
import { maskJson } from './mask-json.ts'
import { createMask } from './mask.ts'

const mask = createMask(createDetectors([]))

test.each([
  ['within what a number holds', '{"card":4111111111111111}'],
  ['beyond it', '{"card":4000000000000000006}'],
])('a card written as a number, %s, is masked', (_what, text) => {
  const counts = {}
  expect(maskJson(parseJsonExactly(text), mask, counts)).toEqual({ card: '[card]' })
  expect(counts).toEqual({ card: 1 })
})

test('a long number that is nobody’s stays as it was written', () => {
  const text = '{"id":1000000000000000000001}'
  expect(JSON.stringify(maskJson(parseJsonExactly(text), mask, {}))).toBe(text)
})
