import { expect, test } from 'bun:test'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createRetryBudget } from './retry-budget.ts'

test('extra attempts stay within a fifth of the requests and ten a second', () => {
  const clock = createManualClock()
  const budget = createRetryBudget(clock)
  let requests = 0
  let extra = 0
  const seconds = 20
  for (let tick = 0; tick < seconds * 1_000; tick += 1) {
    clock.advance(1)
    budget.earn()
    requests += 1
    if (budget.spend()) extra += 1
  }
  expect(extra).toBeLessThanOrEqual(100 + requests * 0.2 + seconds * 10 + 1)
  expect(extra).toBeGreaterThanOrEqual(requests * 0.2 + seconds * 10 - 1)
})

test('a quiet gateway may always fail over', () => {
  const clock = createManualClock()
  const budget = createRetryBudget(clock)
  while (budget.spend());
  expect(budget.saved()).toBe(0)
  clock.advance(100)
  expect(budget.spend()).toBe(true)
  expect(budget.spend()).toBe(false)
  clock.advance(3_600_000)
  expect(budget.saved()).toBe(100)
})
