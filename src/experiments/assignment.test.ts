import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { BUCKETS } from '../exchange/split.ts'
import { sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import { armAt, bucketOf } from './assignment.ts'
import { routeOfArm } from './route-of-arm.ts'

const arms = (...shares: readonly number[]) => shares.map((share, index) => ({ name: `arm-${index}`, share }))
const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket)

describe('assignment', () => {
  test('the same unit has the same bucket for ever: an upgrade moves nobody', () => {
    const units = ['ada', 'grace', 'edsger', 'alan', 'barbara', 'donald']
    expect(units.map((unit) => bucketOf('support', unit))).toEqual([7_091, 601, 8_877, 5_709, 862, 837])
    expect(units.map((unit) => bucketOf('other', unit))).toEqual([9_977, 9_526, 305, 47, 2_846, 9_849])
  })

  test('every arm holds exactly the buckets of its share', () => {
    const split = arms(9_000, 700, 300, 0)
    const counts = Object.groupBy(buckets, (bucket) => armAt(split, bucket)?.name ?? '')
    expect(split.map(({ name }) => counts[name]?.length ?? 0)).toEqual([9_000, 700, 300, 0])
  })

  test('buckets are evenly filled', () => {
    const filled = Array.from({ length: 20 }, () => 0)
    for (let unit = 0; unit < 10_000; unit += 1) {
      const twentieth = Math.floor(bucketOf('support', `user-${unit}`) / (BUCKETS / 20))
      filled[twentieth] = (filled[twentieth] ?? 0) + 1
    }
    expect(Math.min(...filled)).toBeGreaterThan(400)
    expect(Math.max(...filled)).toBeLessThan(600)
  })

  test('a share that grows moves its border outward: who is in stays in', () => {
    const share = fc.integer({ min: 0, max: BUCKETS })
    fc.assert(
      fc.property(share, share, fc.nat(BUCKETS - 1), (one, other, bucket) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)]
        const wasIn = armAt(arms(BUCKETS - small, small), bucket)?.name === 'arm-1'
        const isIn = armAt(arms(BUCKETS - large, large), bucket)?.name === 'arm-1'
        expect(wasIn && !isIn).toBe(false)
      }),
    )
  })
})

test('a record leads back to the way that was gone: by the name of the arm', () => {
  const trial = sampleRoute([sampleTarget('new/m')])
  const split = {
    salt: 's',
    by: 'user',
    arms: [
      { name: 'stable', share: 5_000 },
      { name: 'trial', share: 5_000, route: trial },
    ],
  } as const
  const divided = sampleRoute([sampleTarget('old/m')], { split })
  expect(routeOfArm(divided, 'trial')).toBe(trial)
  expect(routeOfArm(divided, 'stable')).toBe(divided)
  const canary = {
    ...split,
    id: 's',
    fingerprint: 'f',
    route: trial,
    ramp: [100],
    everyMs: 1,
    guard: { minRequests: 20 },
    onBreach: 'hold',
  } as const
  const ramped = sampleRoute([sampleTarget('old/m')], { canary })
  expect(routeOfArm(ramped, 'canary')).toBe(trial)
  expect(routeOfArm(ramped, 'stable')).toBe(ramped)
})
