import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { forecast, type ForecastQuestion, type SpentInterval } from './forecast.ts'

const DAY_MS = 86_400_000
/** A Monday. */
const MONDAY_MS = Date.UTC(2026, 10, 2)
const USD = 1_000_000_000n

const days = (amounts: readonly number[]): SpentInterval[] =>
  amounts.map((usd, index) => ({ atMs: MONDAY_MS + index * DAY_MS, nanoUsd: BigInt(usd) * USD }))

/** From the day behind the past. */
function ask(amounts: readonly number[], changes: Partial<ForecastQuestion> = {}): ForecastQuestion {
  const nowMs = MONDAY_MS + amounts.length * DAY_MS
  return {
    past: days(amounts),
    stepMs: DAY_MS,
    season: 7,
    nowMs,
    toMs: nowMs + 7 * DAY_MS,
    spentNanoUsd: 0n,
    ...changes,
  }
}

test('what is the same every day goes on the same, and without a doubt', () => {
  const told = forecast(
    ask(
      Array.from({ length: 21 }, () => 10),
      { limitNanoUsd: 25n * USD },
    ),
  )
  expect(told?.points.map(({ expectedNanoUsd }) => expectedNanoUsd / USD)).toEqual([
    10n,
    20n,
    30n,
    40n,
    50n,
    60n,
    70n,
  ])
  expect(told?.points.at(-1)).toMatchObject({ lowNanoUsd: 70n * USD, highNanoUsd: 70n * USD })
  // Half of the third day.
  expect(told?.exhaustedAtMs).toBe(MONDAY_MS + 21 * DAY_MS + 2.5 * DAY_MS)
})

test('a weekend is not taken for a working day', () => {
  const week = [100, 100, 100, 100, 100, 0, 0]
  const friday = [...week, ...week, ...week, 100, 100, 100, 100, 100]
  const told = forecast(ask(friday, { toMs: MONDAY_MS + 28 * DAY_MS, spentNanoUsd: 500n * USD }))
  // Saturday and Sunday are left of the week: nothing more is spent.
  expect(told?.points.map(({ expectedNanoUsd }) => expectedNanoUsd)).toEqual([500n * USD, 500n * USD])
})

test('eight of ten times the sum of a week lies within the range', () => {
  let within = 0
  const tries = 300
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  // The sum of some dice is about normal.
  const day = (): number => Math.round(40 + 5 * (random() + random() + random() + random() - 2))
  for (let round = 0; round < tries; round += 1) {
    const told = forecast(ask(Array.from({ length: 56 }, day)))
    const sum = BigInt(Array.from({ length: 7 }, day).reduce((all, one) => all + one, 0)) * USD
    const last = told?.points.at(-1)
    if (last !== undefined && sum >= last.lowNanoUsd && sum <= last.highNanoUsd) within += 1
  }
  expect(within / tries).toBeGreaterThan(0.7)
  expect(within / tries).toBeLessThan(0.92)
})

test('two days tell nothing, and a spent budget is out of money now', () => {
  expect(forecast(ask([5, 5]))).toBeUndefined()
  const spent = forecast(ask([5, 5, 5], { limitNanoUsd: 9n * USD, spentNanoUsd: 9n * USD }))
  expect(spent?.exhaustedAtMs).toBe(MONDAY_MS + 3 * DAY_MS)
})

test('no line of a forecast falls, and more to spend never ends sooner', () => {
  const usd = fc.integer({ min: 0, max: 1_000 })
  fc.assert(
    fc.property(
      fc.array(usd, { minLength: 3, maxLength: 40 }),
      fc.integer({ min: 1, max: 9_000 }),
      fc.integer({ min: 0, max: 500 }),
      (amounts, limit, more) => {
        const limitNanoUsd = BigInt(limit) * USD
        const told = forecast(ask(amounts, { limitNanoUsd }))
        const raised = forecast(ask(amounts, { limitNanoUsd: limitNanoUsd + BigInt(more) * USD }))
        const points = told?.points ?? []
        for (const [index, point] of points.entries()) {
          const before = points[index - 1]
          expect(
            point.lowNanoUsd <= point.expectedNanoUsd && point.expectedNanoUsd <= point.highNanoUsd,
          ).toBe(true)
          if (before === undefined) continue
          expect(point.expectedNanoUsd >= before.expectedNanoUsd).toBe(true)
          expect(point.lowNanoUsd >= before.lowNanoUsd && point.highNanoUsd >= before.highNanoUsd).toBe(true)
        }
        expect(raised?.exhaustedAtMs ?? Infinity).toBeGreaterThanOrEqual(told?.exhaustedAtMs ?? Infinity)
      },
    ),
    { numRuns: 200 },
  )
})
