import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { BudgetPeriod } from './budget-periods.ts'
import { budgetUse, shadowPrice, usedPercent } from './budget-use.ts'

const DAY: BudgetPeriod = {
  account: 'key:k:day:0',
  owner: { scope: 'key', id: 'k', name: 'k', limits: {}, budgets: [] },
  budget: { window: 'day', limitNanoUsd: 200n },
  limitNanoUsd: 200n,
  startsAtMs: 1_000,
  endsAtMs: 2_000,
}

describe('how far a budget is used', () => {
  test('is what is spent and held of it, and how much of its window is over', () => {
    expect(budgetUse(DAY, 50n, 1_250)).toEqual({ share: 0.25, elapsed: 0.25 })
    expect(budgetUse({ ...DAY, endsAtMs: Number.POSITIVE_INFINITY }, 50n, 1_250)).toEqual({ share: 0.25 })
    expect(budgetUse({ ...DAY, limitNanoUsd: 0n }, 0n, 1_000).share).toBe(1)
  })

  test('is told of the budget that is used most', () => {
    expect(usedPercent([{ share: 0.5 }, { share: 0.839 }, { share: 0.2 }])).toBe(83)
    expect(usedPercent([])).toBe(0)
  })
})

describe('what money is worth beyond its amount', () => {
  test('is nothing as long as a budget lasts, and for one that never begins anew', () => {
    expect(shadowPrice([{ share: 0.4, elapsed: 0.4 }])).toBe(0)
    expect(shadowPrice([{ share: 0.9 }])).toBe(0)
    expect(shadowPrice([])).toBe(0)
  })

  test('is that of the budget that is furthest ahead', () => {
    expect(
      shadowPrice([
        { share: 0.1, elapsed: 0.5 },
        { share: 0.83, elapsed: 0.61 },
      ]),
    ).toBe(22.56)
  })

  test('never falls when more is spent, and is bounded', () => {
    const share = fc.double({ min: 0, max: 2, noNaN: true })
    const elapsed = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, elapsed, (one, other, passed) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)].map((used) =>
          shadowPrice([{ share: used, elapsed: passed }]),
        )
        expect(less).toBeLessThanOrEqual(more ?? 0)
        expect(more).toBeLessThanOrEqual(100)
      }),
    )
  })
})
