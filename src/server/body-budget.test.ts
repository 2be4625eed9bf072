import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { createBodyBudget } from './body-budget.ts'

function refusalOf(action: () => void): Failure | undefined {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  return undefined
}

test('bodies are held up to what one address may hold, and to what all may, and no bytes of a refused one', () => {
  const budget = createBodyBudget({ totalBytes: 100, addressBytes: 60 })
  const first = budget.hold('a')
  first.take(40)
  expect(refusalOf(() => budget.hold('a').take(21))).toMatchObject({ code: 'bodies-of-address', status: 429 })
  budget.hold('a').take(20)
  expect(refusalOf(() => budget.hold('b').take(41))).toMatchObject({ code: 'overloaded', status: 503 })
  budget.hold('b').take(40)
  expect(budget.heldBytes).toBe(100)
})

test('a refused client is told when to try again, and its connection closes', () => {
  const budget = createBodyBudget({ totalBytes: 10, addressBytes: 5 })
  for (const bytes of [6, 11]) {
    const details = refusalOf(() => budget.hold('a').take(bytes))?.details
    expect(details).toMatchObject({ retryAfterMs: 1_000, headers: { connection: 'close' } })
  }
})

test('what a body held is given back once, with all that came piece by piece', () => {
  const budget = createBodyBudget({ totalBytes: 100, addressBytes: 60 })
  const hold = budget.hold('a')
  hold.take(30)
  hold.take(30)
  hold.ended()
  hold.ended()
  expect(budget.heldBytes).toBe(0)
  budget.hold('a').take(60)
})
