import { describe, expect, test } from 'bun:test'
import { budgetUse, shadowPrice } from '../../exchange/budget-use.ts'
import type { BudgetPeriod } from '../../exchange/budget-periods.ts'
import { NO_FEATURES } from '../../exchange/features.ts'
import type { Target } from '../../exchange/target.ts'
import { sampleTarget } from '../samples.fixture.ts'
import { goodEnough } from './good-enough.ts'
import { rankSample } from './rank-sample.fixture.ts'

/** A model of so many US dollars per million tokens of input, five times as many for output. */
function model(id: string, usd: number, quality?: number): Target {
  const input = BigInt(Math.round(usd * 1e6))
  return sampleTarget(id, {
    price: { id, input, output: 5n * input, simulated: false },
    capabilities: quality === undefined ? {} : { quality },
  })
}

const SMALL = model('a/small', 0.2, 0.5)
const MIDDLE = model('b/middle', 2, 0.8)
const LARGE = model('c/large', 10, 0.95)
const ALL = [LARGE, SMALL, MIDDLE]

const rank = (options: object, question: { readonly shadowPrice?: number } = {}): readonly string[] =>
  rankSample(goodEnough.schema.parse(options), { targets: ALL, loads: {}, question })

const first = (options: object, money?: number): string | undefined =>
  rank(options, money === undefined ? {} : { shadowPrice: money })[0]?.split(' ')[0]

describe('good enough', () => {
  test('is the cheapest whose quality is wanted, and behind it whoever lacks least', () => {
    expect(rank({ quality: 0.75 }).map((line) => line.split(' ')[0])).toEqual([
      'b/middle',
      'c/large',
      'a/small',
    ])
    expect(first({ quality: 0.3 })).toBe('a/small')
    expect(first({ quality: 1 })).toBe('c/large')
  })

  test('says what it went by', () => {
    expect(rank({ quality: 0.75 })[0]).toMatch(/^b\/middle quality 0.8 of 0.75, \$0\.00\d+$/)
  })

  test('goes by price where nobody said how good a model is, and says so', () => {
    const lines = rankSample(goodEnough.schema.parse({ quality: 0.75 }), {
      targets: [model('a/small', 0.06), model('c/large', 15)],
      loads: {},
    })
    expect(lines[0]).toMatch(
      /^c\/large quality 0.99\d* by price of 0.75|^c\/large quality 1 by price of 0.75/,
    )
    expect(lines[1]).toMatch(/^a\/small quality 0.52 by price/)
  })

  test('wishes for cost and time are worth some quality and never empty the list', () => {
    expect(first({ quality: 0.9, max_cost: 0.01 })).toBe('b/middle')
    expect(rank({ quality: 0.9, max_cost: 0.000001 })).toHaveLength(3)
    const slow = rankSample(goodEnough.schema.parse({ quality: 0.9, max_ttft_ms: 500 }), {
      targets: ALL,
      loads: { 'c/large': { firstTokenMs: 4_000 } },
    })
    expect(slow[0]?.split(' ')[0]).toBe('b/middle')
    expect(slow.find((line) => line.startsWith('c/large'))).toContain('slower than wished')
  })

  test('a target that fails is not good enough', () => {
    const lines = rankSample(goodEnough.schema.parse({ quality: 0.75 }), {
      targets: ALL,
      loads: { 'b/middle': { errorShare: 0.9 } },
    })
    expect(lines[0]?.split(' ')[0]).toBe('c/large')
  })

  test('less is good enough while a budget would not last, little by little', () => {
    const chosen = [0, 2, 4, 8, 16, 30, 100].map((money) => first({ quality: 0.95 }, money))
    const order = ['c/large', 'b/middle', 'a/small']
    const steps = chosen.map((id) => order.indexOf(id ?? ''))
    expect(steps).toEqual(steps.toSorted((left, right) => left - right))
    expect(steps[0]).toBe(0)
    expect(new Set(steps).size).toBe(3)
    expect(rank({ quality: 0.95 }, { shadowPrice: 4 })[0]).toContain('saving, money counts 5 times')
  })

  test('a budget that would last a third of its month is spent to within 2 % at the end of it', () => {
    const monthMs = 30 * 86_400_000
    const costs: Readonly<Record<string, bigint>> = {
      'a/small': 200n,
      'b/middle': 2_000n,
      'c/large': 10_000n,
    }
    const requests = 1_000
    const limitNanoUsd = (10_000n * BigInt(requests)) / 3n
    const month: BudgetPeriod = {
      account: 'key:k:month:0',
      owner: { scope: 'key', id: 'k', name: 'k', limits: {}, budgets: [] },
      budget: { window: 'month', limitNanoUsd },
      limitNanoUsd,
      startsAtMs: 0,
      endsAtMs: monthMs,
    }
    let spent = 0n
    let refused = 0
    for (let sent = 0; sent < requests; sent += 1) {
      const money = shadowPrice([budgetUse(month, spent, (monthMs * sent) / requests)])
      const cost = costs[first({ quality: 0.95 }, money) ?? ''] ?? 0n
      if (spent + cost > limitNanoUsd) refused += 1
      else spent += cost
    }
    expect(Number(spent) / Number(limitNanoUsd)).toBeGreaterThan(0.98)
    expect(refused).toBeLessThan(5)
  })

  describe('reckons with the cache in which a conversation lies', () => {
    const cached = ({ price, ...target }: Target): Target =>
      price === undefined ? target : { ...target, price: { ...price, cacheRead: price.input / 10n } }
    const [near, far] = [cached(model('b/near', 8, 0.8)), cached(LARGE)]
    const ranked = (quality: number, tokens: number) =>
      rankSample(goodEnough.schema.parse({ quality }), {
        targets: [near, far],
        loads: { 'b/near': { outputTokens: 10 }, 'c/large': { outputTokens: 10 } },
        question: {
          features: { ...NO_FEATURES, inputTokens: 10_000 },
          affinity: { by: 'session', hash: 1, bound: 2, warm: { target: 'c/large', tokens } },
        },
      })

    test('it stays where it is cached, until the price of leaving is worth it', () => {
      expect(ranked(0.75, 10_000)).toEqual([
        'c/large quality 0.95 of 0.75, $0.010500',
        'b/near quality 0.8 of 0.75, $0.080400, $0.072000 of it for leaving the cache at c/large',
      ])
      expect(ranked(0.75, 100)[0]).toStartWith('b/near')
    })

    test('but a task that wants more is not held back by it', () => {
      const warmAtNear = rankSample(goodEnough.schema.parse({ quality: 0.95 }), {
        targets: [near, far],
        loads: {},
        question: {
          features: { ...NO_FEATURES, inputTokens: 10_000 },
          affinity: { by: 'session', hash: 1, bound: 2, warm: { target: 'b/near', tokens: 10_000 } },
        },
      })
      expect(warmAtNear[0]).toStartWith('c/large')
    })
  })
})
