import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'

test('extra attempts stay within a fifth of the requests and ten a second', () => {
  const clock = createManualClock()
  const budget = createRetryBudget(clock)
  let requests = 0
  let extra = 0
  const seconds = 20
  for (let tick = 0; tick < seconds * 1_000; tick += 1) {
    clock.advance(1)
    budget.earn('ada')
    requests += 1
    if (budget.spend('ada')) extra += 1
  }
  expect(extra).toBeLessThanOrEqual(100 + requests * 0.2 + seconds * 10 + 1)
  expect(extra).toBeGreaterThanOrEqual(requests * 0.2 + seconds * 10 - 1)
})

/** Spends all that a caller gets; gives how much that was. */
function drain(budget: RetryBudget, caller: string): number {
  let taken = 0
  while (budget.spend(caller)) taken += 1
  return taken
}

test('a quiet gateway may always fail over', () => {
  const clock = createManualClock()
  const budget = createRetryBudget(clock)
  while (budget.spend('ada'));
  clock.advance(2_000)
  for (let second = 0; second < 5; second += 1) {
    for (let time = 0; time < 10; time += 1) expect(budget.spend('ada')).toBe(true)
    clock.advance(1_000)
  }
  clock.advance(3_600_000)
  const callers = ['ada', 'bob', 'cid', 'dan', 'eve', 'fay']
  expect(callers.map((caller) => drain(budget, caller))).toEqual([60, 10, 10, 10, 10, 0])
})

describe('what one caller takes from the others', () => {
  test('is what is left over and a tenth: whoever comes next still fails over', () => {
    const budget = createRetryBudget(createManualClock())
    expect(drain(budget, 'ada')).toBe(60)
    for (const caller of ['bob', 'cid', 'dan', 'eve']) expect(drain(budget, caller)).toBe(10)
    expect(drain(budget, 'fay')).toBe(0)
  })

  test('does not grow with how many of his requests fail, for how long he may', () => {
    const clock = createManualClock()
    const budget = createRetryBudget(clock)
    for (let tick = 0; tick < 60_000; tick += 1) {
      clock.advance(1)
      budget.earn('ada')
      drain(budget, 'ada')
    }
    expect(drain(budget, 'bob')).toBe(10)
    for (const caller of ['cid', 'dan']) expect(drain(budget, caller)).toBe(10)
  })
})
