import { describe, expect, test } from 'bun:test'
import { createSeededRandom, type Random } from '../../kit/random.ts'
import { evidenceAbove, evidenceBelow } from './bets.ts'
import { exactInterval, FalseHits } from './false-hits.ts'
import { NO_ENTRY_TRUST, SimilarityTrust, tighten } from './threshold.ts'

const EPSILON = 0.01
const LEAST = 0.85

interface History {
  readonly served: number
  readonly falseHits: number
  readonly audited: FalseHits
  /** Was it turned off? */
  readonly isOff: boolean
  /** Requests before the last one that was given a kept answer. */
  readonly lastServed: number
}

interface Workload {
  readonly requests: number
  /** How often a kept answer is wrong, by how near the question is and how many were asked before. */
  readonly wrongAt: (similarity: number, asked: number) => number
}

/** Requests that find a similar one each, as the layer goes about them. */
function live({ requests, wrongAt }: Workload, random: Random): History {
  const trust = new SimilarityTrust(EPSILON, LEAST)
  const audited = new FalseHits(EPSILON)
  let [served, falseHits, lastServed] = [0, 0, 0]
  for (let asked = 0; asked < requests; asked += 1) {
    const similarity = LEAST + (1 - LEAST) * random.next()
    const isRight = random.next() >= wrongAt(similarity, asked)
    if (!trust.allows(similarity, NO_ENTRY_TRUST)) {
      trust.learn(similarity, isRight)
      continue
    }
    served += 1
    lastServed = asked
    if (!isRight) falseHits += 1
    if (random.next() >= audited.auditShare) continue
    audited.add(isRight)
    trust.learn(similarity, isRight)
    if (audited.isRefuted) break
  }
  return { served, falseHits, audited, isOff: audited.isRefuted, lastServed }
}

const histories = (count: number, workload: (random: Random) => Workload): readonly History[] =>
  Array.from({ length: count }, (_none, seed) => {
    const random = createSeededRandom(seed + 1)
    return live(workload(random), random)
  })

describe('the bound', () => {
  /** Some never wrong, some hopeless, most near the bound, where it is hardest to tell. */
  const mixed = (random: Random): Workload => {
    const worst = 0.05 * random.next() ** 2
    return {
      requests: 4_000,
      wrongAt: (similarity) => worst * (1 - (similarity - LEAST) / (1 - LEAST)),
    }
  }

  test('of 100 histories at least 95 give no more false answers than they may, and some are given', () => {
    const all = histories(100, mixed)
    const kept = all.filter(({ served, falseHits }) => falseHits <= EPSILON * served)
    expect(kept.length).toBeGreaterThanOrEqual(95)
    expect(all.filter(({ served }) => served > 1_000).length).toBeGreaterThan(25)
  })

  test('where exactly as much is wrong as may be, or more, nothing is earned in 95 of 100', () => {
    for (const rate of [EPSILON, 2 * EPSILON]) {
      const all = histories(100, () => ({ requests: 3_000, wrongAt: () => rate }))
      expect(all.filter(({ served }) => served === 0).length).toBeGreaterThanOrEqual(95)
    }
  })

  test('what was audited says where the share of false answers lies, in 95 of 100', () => {
    const all = histories(100, () => ({
      requests: 4_000,
      wrongAt: (_similarity, asked) => (asked > 1_500 ? 0.008 : 0),
    }))
    const within = all.filter(({ audited, served, falseHits }) => {
      const { low, high } = audited.interval
      return falseHits / Math.max(1, served) >= low && falseHits / Math.max(1, served) <= high
    })
    expect(within.length).toBeGreaterThanOrEqual(95)
  })
})

describe('a workload that is poisoned', () => {
  test.each([
    ['from soon after it was earned', 1_000],
    ['after five hundred good audits', 16_000],
  ])('%s: gives nothing any more within 200 audits', (_when, from) => {
    const poisoned = histories(12, () => ({
      requests: from + 14_000,
      wrongAt: (_similarity, asked) => (asked > from ? 0.3 : 0),
    }))
    const before = histories(12, () => ({ requests: from, wrongAt: () => 0 }))
    for (const [index, { audited, served, lastServed }] of poisoned.entries()) {
      expect(served).toBeGreaterThan(from / 10)
      expect(audited.audits - (before[index]?.audited.audits ?? 0)).toBeLessThanOrEqual(200)
      expect(lastServed).toBeLessThan(from + 12_000)
    }
  })

  test('one whose every hit is wrong is turned off by three audits', () => {
    const audited = new FalseHits(EPSILON)
    for (let time = 0; time < 3; time += 1) audited.add(false)
    expect(audited.isRefuted).toBe(true)
  })

  test('one that keeps the bound is not', () => {
    const all = histories(20, () => ({ requests: 15_000, wrongAt: () => 0.002 }))
    expect(all.filter(({ isOff }) => isOff)).toEqual([])
    expect(all.filter(({ served }) => served > 5_000).length).toBeGreaterThan(17)
  })
})

test('evidence is what a bet pays: some five hundred right ones earn, and one wrong one costs most of it', () => {
  expect(evidenceBelow(EPSILON, { right: 480, wrong: 0 })).toBeLessThan(100)
  expect(evidenceBelow(EPSILON, { right: 500, wrong: 0 })).toBeGreaterThan(100)
  expect(evidenceBelow(EPSILON, { right: 500, wrong: 1 })).toBeLessThan(10)
  expect(evidenceBelow(EPSILON, { right: 100_000, wrong: 10_000 })).toBeLessThan(1e-9)
  expect(evidenceAbove(EPSILON, { right: 0, wrong: 3 })).toBeGreaterThan(100)
  expect(evidenceAbove(EPSILON, { right: 1_000, wrong: 0 })).toBeLessThan(0.1)
})

test('the interval is that of the tables', () => {
  expect(exactInterval({ right: 0, wrong: 0 }, 0.05)).toEqual({ low: 0, high: 1 })
  const { low, high } = exactInterval({ right: 97, wrong: 3 }, 0.05)
  expect(low).toBeCloseTo(0.00623, 4)
  expect(high).toBeCloseTo(0.08518, 4)
  expect(exactInterval({ right: 299, wrong: 0 }, 0.05).high).toBeCloseTo(0.01226, 4)
})

test('an entry that was wrong has to be met more nearly, and is not kept when it is again', () => {
  const trust = new SimilarityTrust(0.1, LEAST)
  for (let time = 0; time < 300; time += 1) trust.learn(0.99, true)
  expect(trust.allows(0.99, NO_ENTRY_TRUST)).toBe(true)
  expect(trust.allows(0.9, NO_ENTRY_TRUST)).toBe(false)
  const tightened = tighten(NO_ENTRY_TRUST, 0.99)
  expect(tightened).toEqual({ floor: 0.99, wrong: 1 })
  expect(trust.allows(0.99, tightened ?? NO_ENTRY_TRUST)).toBe(false)
  expect(trust.allows(0.995, tightened ?? NO_ENTRY_TRUST)).toBe(true)
  expect(tighten(tightened ?? NO_ENTRY_TRUST, 0.995)).toBeUndefined()
})
