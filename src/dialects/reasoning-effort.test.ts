import { describe, expect, test } from 'bun:test'
import { budgetToEffort, effortOf, effortToBudget, toEffort } from './reasoning-effort.ts'

describe('reasoning effort', () => {
  test('becomes a share of the output limit, never below the least budget', () => {
    expect(effortToBudget('none', 100_000)).toBe(0)
    expect(effortToBudget('minimal', 100_000)).toBe(1_024)
    expect(effortToBudget('low', 100_000)).toBe(10_000)
    expect(effortToBudget('medium', 100_000)).toBe(30_000)
    expect(effortToBudget('max', 100_000)).toBe(95_000)
    expect(effortToBudget('high', 100)).toBe(1_024)
  })

  test('is read back from a budget', () => {
    expect([0, 1_024, 4_096, 16_384, 48_000, 100_000].map(budgetToEffort)).toEqual([
      'none',
      'low',
      'low',
      'medium',
      'high',
      'xhigh',
    ])
  })

  test('follows from the options: named effort first, then the budget, then off', () => {
    expect(effortOf({ effort: 'high', budgetTokens: 10 })).toBe('high')
    expect(effortOf({ budgetTokens: 10_000, mode: 'on' })).toBe('medium')
    expect(effortOf({ mode: 'off', effort: 'high' })).toBe('none')
    expect(effortOf({ mode: 'adaptive' })).toBeUndefined()
  })

  test('is only what the list names', () => {
    expect(toEffort('xhigh')).toBe('xhigh')
    expect(toEffort('extreme')).toBeUndefined()
    expect(toEffort(undefined)).toBeUndefined()
  })
})
