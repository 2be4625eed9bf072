import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { BudgetPeriods } from '../exchange/budget-periods.ts'
import type { Account } from '../exchange/account.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createMemoryCounters } from '../store/memory/counters.ts'
import { createBudgetView } from './budget-view.ts'
import { createBudgets } from './budgets.ts'
import { TopUps } from './top-ups.ts'

const USD = 1_000_000_000n
const START_MS = Date.UTC(2026, 10, 20, 12)
const HOUR_MS = 3_600_000
const KEY: Account = {
  scope: 'key',
  id: 'key000000001',
  name: 'demo',
  limits: {},
  budgets: [{ window: 'month', limitNanoUsd: 10n * USD }],
}
const PERIODS = new BudgetPeriods([KEY])

function open() {
  const clock = createManualClock(START_MS)
  const counters = createMemoryCounters()
  const topUps = new TopUps()
  const ledger = { spentSince: async () => 0n }
  const budgets = createBudgets({ counters, ledger, clock, topUps })
  const view = createBudgetView({ counters, ledger, topUps })
  const admits = async (id: string, amount: bigint): Promise<boolean> => {
    try {
      await budgets.reserve(id, PERIODS, amount)
      return true
    } catch {
      return false
    }
  }
  return { clock, topUps, budgets, view, admits }
}

const added = (usd: bigint, hours: number) => ({
  owner: { scope: 'key', id: KEY.id } as const,
  window: 'month' as const,
  extraNanoUsd: usd * USD,
  untilMs: START_MS + hours * HOUR_MS,
})

test('what is added holds for the next request, for this budget alone, and ends by itself', async () => {
  const { clock, topUps, budgets, view, admits } = open()
  expect(await admits('a', 10n * USD)).toBe(true)
  await budgets.settle('a', 10n * USD)
  expect(await admits('b', 1n)).toBe(false)
  topUps.replace([{ ...added(5n, 1), owner: { scope: 'key', id: 'key000000002' } }])
  expect(await admits('c', 1n)).toBe(false)
  topUps.replace([added(5n, 1)])
  expect(await admits('d', 5n * USD)).toBe(true)
  expect(await admits('e', 1n)).toBe(false)
  const [standing] = await view.budgets([KEY], clock.nowMs())
  expect(standing).toMatchObject({
    spentNanoUsd: 10n * USD,
    heldNanoUsd: 5n * USD,
    holds: 1,
    extraNanoUsd: 5n * USD,
  })
  await budgets.settle('d', 0n)
  clock.advance(HOUR_MS)
  expect(await admits('f', 1n)).toBe(false)
})

test('however top-ups come and go between requests, nobody is let through beyond what they say', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), usd: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ do: fc.constant('settle' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      do: fc.constant('raise' as const),
      usd: fc.integer({ min: 1, max: 20 }),
      hours: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({ do: fc.constant('end' as const) }),
    fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 3 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { clock, topUps, budgets, admits } = open()
      let holding: ReturnType<typeof added>[] = []
      const held = new Map<string, bigint>()
      let spent = 0n
      for (const [index, one] of steps.entries()) {
        const limit = (): bigint =>
          holding
            .filter(({ untilMs }) => clock.nowMs() < untilMs)
            .reduce((sum, { extraNanoUsd }) => sum + extraNanoUsd, 10n * USD)
        const total = (): bigint => [...held.values()].reduce((sum, amount) => sum + amount, spent)
        if (one.do === 'wait') clock.advance(one.hours * HOUR_MS)
        else if (one.do === 'raise') {
          const hours = (clock.nowMs() - START_MS) / HOUR_MS + one.hours
          topUps.replace((holding = [...holding, added(BigInt(one.usd), hours)]))
        } else if (one.do === 'end') topUps.replace((holding = holding.slice(1)))
        else if (one.do === 'settle') {
          const [first] = held
          if (first === undefined) continue
          const paid = BigInt(Math.floor(Number(first[1]) * one.share))
          held.delete(first[0])
          spent += paid
          await budgets.settle(first[0], paid)
        } else {
          // Two at once: they meet between looking and holding.
          const amount = BigInt(one.usd) * USD
          const room = limit() - total()
          const ids = [`${index}a`, `${index}b`]
          const passed = await Promise.all(ids.map((id) => admits(id, amount)))
          for (const id of ids.filter((_, place) => passed[place])) held.set(id, amount)
          const fits = room < amount ? 0 : room < 2n * amount ? 1 : 2
          expect(passed.filter(Boolean)).toHaveLength(fits)
        }
      }
    }),
    { numRuns: 150 },
  )
})
