import { expect, test } from 'bun:test'
import type { Account } from '../exchange/account.ts'
import { BudgetPeriods } from '../exchange/budget-periods.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createMemoryCounters } from '../store/memory/counters.ts'
import { writeMetrics } from '../telemetry/prometheus.ts'
import { createRegistry } from '../telemetry/registry.ts'
import { showBudgets } from './budget-metrics.ts'

const SHOP: Account = {
  scope: 'project',
  id: 'shop',
  name: 'shop',
  limits: {},
  budgets: [
    { window: 'day', limitNanoUsd: 5_000_000_000n },
    { window: 'total', limitNanoUsd: 90_000_000_000n },
  ],
}

test('limit, spending and what is held are shown; what is not used yet is asked of the ledger', async () => {
  const clock = createManualClock()
  const counters = createMemoryCounters()
  const registry = createRegistry()
  let projects = new Map([['shop', SHOP]])
  const shown = showBudgets({
    plan: () => ({ projects }),
    counters,
    ledger: { spentSince: async () => 1_250_000_000n },
    clock,
    telemetry: registry,
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  const lines = (): string => writeMetrics(registry.read())
  await settle()
  expect(lines()).toContain('gatehouse_budget_limit_usd{project="shop",window="day"} 5\n')
  expect(lines()).toContain('gatehouse_budget_spent_usd{project="shop",window="day"} 1.25\n')
  const [day] = new BudgetPeriods([SHOP]).at(clock.nowMs())
  if (day === undefined) throw new Error('there is no day')
  await counters.reserve('one', 750_000_000n, [{ ...day, openingNanoUsd: 2_000_000_000n }], clock.nowMs())
  clock.advance(15_000)
  await settle()
  expect(lines()).toContain('gatehouse_budget_spent_usd{project="shop",window="day"} 2\n')
  expect(lines()).toContain('gatehouse_budget_reserved_usd{project="shop",window="day"} 0.75\n')
  expect(lines()).toContain(
    'gatehouse_budget_period_end_timestamp_seconds{project="shop",window="day"} 1767312000\n',
  )
  expect(lines()).toContain(
    'gatehouse_budget_period_end_timestamp_seconds{project="shop",window="total"} NaN\n',
  )
  projects = new Map()
  clock.advance(15_000)
  await settle()
  expect(lines()).toContain('gatehouse_budget_spent_usd{project="shop",window="day"} NaN\n')
  shown.close()
})
