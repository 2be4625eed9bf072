import { describe, expect, test } from 'bun:test'
import { balance, type Scenario } from './balance.ts'

/*
 * Six equal endpoints with a heavy tail. One becomes six times as slow, one fails at once six times in ten. Whoever shares out blindly fills the
 * slow one until requests wait for half a minute; whoever sees calls under way, times and failures hardly notices.
 */

const DEGRADED = { fromMs: 10_000, untilMs: 45_000, slower: 6 }
const FAILING = { fromMs: 25_000, untilMs: 60_000, failing: 0.6 }

const scenario = (slots: number): Scenario => ({
  requests: 1_000,
  perSecond: 17,
  endpoints: [
    { slots },
    { slots, troubles: [DEGRADED] },
    { slots },
    { slots, troubles: [FAILING] },
    { slots },
    { slots },
  ],
})

describe.each([1, 2, 3, 4])('seed %i', (seed) => {
  test('endpoints that fill up: no request waits long for its first token, and few fail', () => {
    const blind = balance('weighted', scenario(12), seed)
    const fastest = balance('fastest', scenario(12), seed)
    const leastBusy = balance('least-busy', scenario(12), seed)
    expect(blind.firstTokenMs.p99).toBeGreaterThan(15_000)
    for (const { firstTokenMs, failed, shares } of [fastest, leastBusy]) {
      expect(firstTokenMs.p99).toBeLessThan(5_000)
      expect(firstTokenMs.p50).toBeLessThan(500)
      expect(failed).toBeLessThanOrEqual(blind.failed)
      // The slow one gets less than its share, and nobody everything.
      expect(shares[1]).toBeLessThan(0.12)
      expect(Math.max(...shares)).toBeLessThan(0.35)
    }
  })

  test('endpoints with room: the fastest still spares the slow one and the failing one, and nobody gets it all', () => {
    const { firstTokenMs, failed, shares } = balance('fastest', scenario(100), seed)
    expect(firstTokenMs.p99).toBeLessThan(4_600)
    expect(failed).toBeLessThan(70)
    expect(shares[1]).toBeLessThan(0.12)
    expect(Math.max(...shares)).toBeLessThan(0.35)
  })
})

test('the same seed plays the same game', () => {
  expect(balance('fastest', scenario(12), 5)).toEqual(balance('fastest', scenario(12), 5))
})
