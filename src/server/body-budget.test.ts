import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { createBodyBudget } from './body-budget.ts'

const KIB = 1024
const at = (address: string) => ({ address })

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
  const budget = createBodyBudget({ totalBytes: 100 * KIB, addressBytes: 60 * KIB })
  const first = budget.hold(at('a'))
  first.take(40 * KIB)
  expect(refusalOf(() => budget.hold(at('a')).take(21 * KIB))).toMatchObject({
    code: 'bodies-of-address',
    status: 429,
  })
  budget.hold(at('a')).take(20 * KIB)
  expect(refusalOf(() => budget.hold(at('b')).take(41 * KIB))).toMatchObject({
    code: 'overloaded',
    status: 503,
  })
  budget.hold(at('b')).take(40 * KIB)
  expect(budget.heldBytes).toBe(100 * KIB)
})

test('a refused client is told when to try again, and its connection closes', () => {
  const budget = createBodyBudget({ totalBytes: 160 * KIB, addressBytes: 80 * KIB })
  for (const bytes of [96 * KIB, 176 * KIB]) {
    const details = refusalOf(() => budget.hold(at('a')).take(bytes))?.details
    expect(details).toMatchObject({ retryAfterMs: 1_000, headers: { connection: 'close' } })
  }
})

test('what a body held is given back once, with all that came piece by piece', () => {
  const budget = createBodyBudget({ totalBytes: 100 * KIB, addressBytes: 60 * KIB })
  const hold = budget.hold(at('a'))
  hold.take(30 * KIB)
  hold.take(30 * KIB)
  hold.onEnd()
  hold.onEnd()
  expect(budget.heldBytes).toBe(0)
  budget.hold(at('a')).take(60 * KIB)
})

test('a small body is counted in all, and nobody asks where it comes from until it grows', () => {
  const budget = createBodyBudget({ totalBytes: 100 * KIB, addressBytes: 60 * KIB })
  let asked = 0
  const client = {
    get address() {
      asked += 1
      return 'a'
    },
  }
  const small = budget.hold(client)
  small.take(16 * KIB)
  expect([asked, budget.heldBytes]).toEqual([0, 16 * KIB])
  small.take(1)
  expect(asked).toBe(1)
  expect(refusalOf(() => budget.hold(client).take(44 * KIB))?.code).toBe('bodies-of-address')
  small.onEnd()
  budget.hold(client).take(60 * KIB)
  expect(budget.heldBytes).toBe(60 * KIB)
})
