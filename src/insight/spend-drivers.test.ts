import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { splitSpend, SPEND_DRIVERS, type SpendGroup, type SpendPeriod } from './spend-drivers.ts'

const period = (requests: number, ...groups: readonly SpendGroup[]): SpendPeriod => ({ requests, groups })
const group = (name: string, attempts: number, costNanoUsd: bigint, workPerAttempt = 1): SpendGroup => ({
  name,
  attempts,
  costNanoUsd,
  workPerAttempt,
})
const NOTHING = { volume: 0n, tries: 0n, mix: 0n, tokens: 0n, price: 0n }

describe('a change of spend', () => {
  const before = period(100, group('a', 100, 1_000_000n, 10), group('b', 0, 0n))

  test.each([
    ['volume', period(200, group('a', 200, 2_000_000n, 10)), { ...NOTHING, volume: 1_000_000n }],
    ['tries', period(100, group('a', 150, 1_500_000n, 10)), { ...NOTHING, tries: 500_000n }],
    ['tokens', period(100, group('a', 100, 2_000_000n, 20)), { ...NOTHING, tokens: 1_000_000n }],
    ['price', period(100, group('a', 100, 1_300_000n, 10)), { ...NOTHING, price: 300_000n }],
    [
      'mix',
      period(100, group('a', 50, 500_000n, 10), group('c', 50, 5_000_000n, 99)),
      { ...NOTHING, mix: 4_500_000n },
    ],
  ])('by %s alone is told as that alone', (_driver, after, byDriver) => {
    expect(splitSpend(before, after).byDriver).toEqual(byDriver)
  })

  test('from nothing and to nothing it is volume', () => {
    const some = period(10, group('a', 10, 500n))
    expect(splitSpend(period(0), some).byDriver).toEqual({ ...NOTHING, volume: 500n })
    expect(splitSpend(some, period(0)).byDriver).toEqual({ ...NOTHING, volume: -500n })
    expect(splitSpend(period(0), period(0)).byDriver).toEqual(NOTHING)
  })

  const groups = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      attempts: fc.integer({ min: 1, max: 100_000 }),
      costNanoUsd: fc.bigInt(0n, 10n ** 15n),
      workPerAttempt: fc.double({ min: 0, max: 1e9, noNaN: true }),
    }),
    { selector: ({ name }) => name },
  )
  const periods = fc.record({ requests: fc.nat(100_000), groups })

  test('adds up to the last nano-dollar, whatever happened', () => {
    fc.assert(
      fc.property(periods, periods, (one, other) => {
        const { beforeNanoUsd, afterNanoUsd, byDriver } = splitSpend(one, other)
        const sum = SPEND_DRIVERS.reduce((total, driver) => total + byDriver[driver], 0n)
        expect(sum).toBe(afterNanoUsd - beforeNanoUsd)
      }),
    )
  })

  test('is nothing by any driver where nothing changed', () => {
    fc.assert(
      fc.property(periods, (one) => {
        for (const amount of Object.values(splitSpend(one, one).byDriver))
          // What was spread over attempts and added again is rounded to the next nano-dollar.
          expect(Math.abs(Number(amount))).toBeLessThanOrEqual(
            1 + Number(splitSpend(one, one).afterNanoUsd) * 1e-12,
          )
      }),
    )
  })
})
