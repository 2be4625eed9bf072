import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { MEASURE_NAMES, measureFacts, valueIn } from './series-measures.ts'
import { cutIntoSteps, type Steps } from './series-steps.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12, 34, 56)
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

function cut(ageMs: number, asked?: Parameters<typeof cutIntoSteps>[1]): Steps {
  const steps = cutIntoSteps({ fromMs: NOW_MS - ageMs, toMs: NOW_MS }, asked, NOW_MS)
  if ('problem' in steps) throw new Error(steps.problem)
  return steps
}

test('a time is cut into as many intervals as a chart can show, at whole minutes, hours and days', () => {
  const ages = [HOUR_MS, 6 * HOUR_MS, DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 60 * DAY_MS, 365 * DAY_MS]
  expect(ages.map((age) => cut(age).name)).toEqual(['1m', '5m', '15m', '1h', '3h', '6h', '1d'])
  for (const age of ages) {
    const { fromMs, toMs, stepMs } = cut(age)
    expect(fromMs % stepMs).toBe(0)
    expect(NOW_MS - age - fromMs).toBeLessThan(stepMs)
    expect((toMs - fromMs) / stepMs).toBeLessThan(LIMITS.seriesIntervals)
  }
  expect(cut(7 * DAY_MS, '1d').name).toBe('1d')
})

test('intervals that are too many, or whose sums are not kept for as long, are refused with those that are not', () => {
  const problem = (fromMs: number, asked?: '1m' | '1h') =>
    cutIntoSteps({ fromMs, toMs: NOW_MS }, asked, NOW_MS)
  expect(problem(NOW_MS - 7 * DAY_MS, '1m')).toMatchObject({ hint: 'The shortest here are of 1h.' })
  expect(problem(NOW_MS - 200 * DAY_MS, '1h')).toMatchObject({ hint: 'The shortest here are of 1d.' })
  expect(problem(NOW_MS - 1_100 * DAY_MS)).toHaveProperty('problem')
  expect(problem(NOW_MS)).toHaveProperty('problem')
  // Of an hour three days ago there are no minutes any more.
  const past = cutIntoSteps(
    { fromMs: NOW_MS - 3 * DAY_MS, toMs: NOW_MS - 3 * DAY_MS + HOUR_MS },
    undefined,
    NOW_MS,
  )
  expect(past).toMatchObject({ name: '1h' })
})

test('where nothing was, counts are 0, and times and shares are not known', () => {
  for (const measure of MEASURE_NAMES) {
    const { unit } = measureFacts(measure)
    const nothing = unit === 'ms' || unit === 'share' ? null : unit === 'usd' ? 0n : 0
    expect([measure, valueIn(measure, undefined)]).toEqual([measure, nothing])
  }
})
