import { expect, test } from 'bun:test'
import { waitInMessage } from './wait-in-message.ts'

test('waitInMessage reads seconds, milliseconds and minutes', () => {
  expect(waitInMessage('Please try again in 1.2s. Visit')).toBe(1_200)
  expect(waitInMessage('Please try again in 350ms.')).toBe(350)
  expect(waitInMessage('Please try again in 6m0s.')).toBe(360_000)
  expect(waitInMessage('Please try again in 2m59.56s.')).toBe(179_560)
  expect(waitInMessage('Please try again in 3m.')).toBe(180_000)
  expect(waitInMessage('Please retry in 36.429760048s.')).toBe(36_430)
  expect(waitInMessage('Please retry after 20 seconds.')).toBe(20_000)
  expect(waitInMessage('Please try again later.')).toBeUndefined()
  expect(waitInMessage('try again in a while')).toBeUndefined()
})
