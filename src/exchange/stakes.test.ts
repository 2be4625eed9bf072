import { expect, test } from 'bun:test'
import type { Account } from './account.ts'
import { Stakes } from './stakes.ts'

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

test('stakes are worked out when a window ends, and not before', () => {
  const stakes = new Stakes([account])
  const today = stakes.at(NIGHT_MS)
  expect(today.map(({ account: name }) => name)).toEqual([
    'key:bot:total:0',
    `key:bot:day:${NIGHT_MS + 60_000 - DAY_MS}`,
  ])
  expect(stakes.at(NIGHT_MS + 59_999)).toBe(today)
  expect(stakes.at(NIGHT_MS + 60_000)[1]?.startsAtMs).toBe(NIGHT_MS + 60_000)
  expect(stakes.at(NIGHT_MS)).toEqual(today)
})

test('who has no budget has no stakes, at any time', () => {
  const stakes = new Stakes([{ ...account, budgets: [] }])
  expect(stakes.isEmpty).toBe(true)
  expect(stakes.at(NIGHT_MS)).toEqual([])
})
