import { expect, test } from 'bun:test'
import type { Account } from './account.ts'
import { BudgetPeriods } from './budget-periods.ts'

const NIGHT_MS = Date.UTC(2026, 0, 31, 23, 59)
const DAY_MS = 86_400_000

const account: Account = {
  scope: 'key',
  id: 'bot',
  name: 'Bot',
  limits: {},
  budgets: [
    { window: 'total', limitNanoUsd: 9n },
    { window: 'day', limitNanoUsd: 5n },
  ],
}

test('budget periods are worked out when a window ends, and not before', () => {
  const budgetPeriods = new BudgetPeriods([account])
  const today = budgetPeriods.at(NIGHT_MS)
  expect(today.map(({ account: name }) => name)).toEqual([
    'key:bot:total:0',
    `key:bot:day:${NIGHT_MS + 60_000 - DAY_MS}`,
  ])
  expect(budgetPeriods.at(NIGHT_MS + 59_999)).toBe(today)
  expect(budgetPeriods.at(NIGHT_MS + 60_000)[1]?.startsAtMs).toBe(NIGHT_MS + 60_000)
  expect(budgetPeriods.at(NIGHT_MS)).toEqual(today)
})

test('who has no budget has no budget periods, at any time', () => {
  const budgetPeriods = new BudgetPeriods([{ ...account, budgets: [] }])
  expect(budgetPeriods.isEmpty).toBe(true)
  expect(budgetPeriods.at(NIGHT_MS)).toEqual([])
})
