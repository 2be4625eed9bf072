import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import type { Price } from '../exchange/target.ts'
import { OTHER_UNITS, unitFacts } from '../exchange/units.ts'
import { NO_USAGE, totalInput, type Usage } from '../exchange/usage.ts'
import { parsePricePerMillion, type NanoUsd } from '../kit/money.ts'
import { costOf as costIfKnown, timesPrice, upperBound } from './cost.ts'

const usd = (perMillion: string) => parsePricePerMillion(perMillion)

const flat: Price = { id: 'p', input: usd('3'), output: usd('15'), simulated: false }

const full: Price = {
  ...flat,
  cacheRead: usd('0.3'),
  cacheWrite: usd('3.75'),
  cacheWriteLong: usd('6'),
  inputAudio: usd('40'),
  outputAudio: usd('80'),
  reasoning: usd('5'),
  webSearch: 10_000_000_000n,
  request: 1_000_000n,
  tiers: [
    { aboveInputTokens: 200_000, price: { input: usd('6'), output: usd('22.5'), cacheRead: usd('0.6') } },
    { aboveInputTokens: 500_000, price: { input: usd('12'), output: usd('45') } },
  ],
}

/** What a usage costs that was served as usual. */
function costOf(usage: Usage, price: Price): NanoUsd {
  const cost = costIfKnown(usage, price)
  if (cost === undefined) throw new Error('the cost of usual service is not known')
  return cost
}

const used = (usage: Partial<Usage>): Usage => ({ ...NO_USAGE, ...usage })

const tokens = fc.nat({ max: 1_000_000 })
const usages: fc.Arbitrary<Usage> = fc.record({
  inputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  cacheWriteLongTokens: tokens,
  inputAudioTokens: tokens,
  outputTokens: tokens,
  reasoningTokens: tokens,
  outputAudioTokens: tokens,
  webSearches: fc.nat({ max: 50 }),
  hiddenInputTokens: tokens,
  hiddenOutputTokens: tokens,
  estimated: fc.boolean(),
})

const BUCKETS = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteLongTokens',
  'inputAudioTokens',
  'outputTokens',
  'reasoningTokens',
  'outputAudioTokens',
  'webSearches',
  'hiddenInputTokens',
  'hiddenOutputTokens',
] as const

const prices: fc.Arbitrary<Price> = fc
  .record(
    {
      cacheRead: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      cacheWrite: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      cacheWriteLong: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      inputAudio: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      outputAudio: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      reasoning: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      webSearch: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      request: fc.bigInt({ min: 0n, max: 10n ** 10n }),
    },
    { requiredKeys: [] },
  )
  .chain((rest) =>
    fc
      .record({
        input: fc.bigInt({ min: 0n, max: 10n ** 8n }),
        output: fc.bigInt({ min: 0n, max: 10n ** 8n }),
      })
      .map((rates) => ({ id: 'p', simulated: false, ...rates, ...rest })),
  )

describe('cost of a usage', () => {
  test('an answer with a cache costs each bucket at its own price', () => {
    const usage = used({ inputTokens: 10, cacheReadTokens: 2455, cacheWriteTokens: 100, outputTokens: 23 })
    const { request: _request, ...price } = full
    // 10 × 3 + 2455 × 0.3 + 100 × 3.75 + 23 × 15 = 1486.5 millionths of a USD
    expect(costOf(usage, price)).toBe(1_486_500n)
  })

  test('buckets without a price of their own cost as much as their sibling', () => {
    const input = used({ inputTokens: 7 })
    const output = used({ outputTokens: 7 })
    for (const bucket of [
      'cacheReadTokens',
      'cacheWriteTokens',
      'cacheWriteLongTokens',
      'inputAudioTokens',
    ] as const)
      expect(costOf(used({ [bucket]: 7 }), flat)).toBe(costOf(input, flat))
    for (const bucket of ['reasoningTokens', 'outputAudioTokens', 'hiddenOutputTokens'] as const)
      expect(costOf(used({ [bucket]: 7 }), flat)).toBe(costOf(output, flat))
    expect(costOf(used({ cacheWriteLongTokens: 7 }), { ...flat, cacheWrite: 5_000_000n })).toBe(35_000n)
  })

  test('searches, hidden tokens and the fee of the request are part of it', () => {
    expect(costOf(used({ webSearches: 2 }), full)).toBe(20_000_000n + 1_000n)
    expect(costOf(used({ hiddenInputTokens: 10, hiddenOutputTokens: 10 }), flat)).toBe(180_000n)
    expect(costOf(NO_USAGE, full)).toBe(1_000n)
  })

  test('a tier begins above its threshold and then holds for everything, fees excepted', () => {
    const at = (inputTokens: number) => costOf(used({ inputTokens, outputTokens: 100, webSearches: 1 }), full)
    const fees = 10_000_000n + 1_000n
    expect(at(200_000)).toBe(600_000_000n + 1_500_000n + fees)
    expect(at(200_001)).toBe(1_200_006_000n + 2_250_000n + fees)
    expect(at(500_001)).toBe(6_000_012_000n + 4_500_000n + fees)
    // Cached input counts towards the threshold.
    expect(costOf(used({ cacheReadTokens: 200_001 }), full)).toBe(120_000_600n + 1_000n)
  })

  test('a fraction of a nano-USD is rounded up, once', () => {
    const tiny: Price = { id: 'p', input: 1n, output: 1n, simulated: false }
    expect(costOf(used({ inputTokens: 1, outputTokens: 1 }), tiny)).toBe(1n)
    expect(costOf(used({ inputTokens: 1000, outputTokens: 1 }), tiny)).toBe(2n)
    expect(costOf(NO_USAGE, tiny)).toBe(0n)
  })

  test('it is the sum of its items, up to one rounding per item', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const { request: _request, ...free } = price
        const items = BUCKETS.map((bucket) => costOf(used({ [bucket]: usage[bucket] }), free))
        const sum = items.reduce((left, right) => left + right, 0n)
        const whole = costOf(usage, free)
        expect(whole).toBeLessThanOrEqual(sum)
        expect(sum - whole).toBeLessThanOrEqual(BigInt(BUCKETS.length))
        const fee = costOf(usage, price) - whole
        expect(fee).toBeGreaterThanOrEqual(0n)
        expect(fee).toBeLessThanOrEqual((price.request ?? 0n) / 1_000n + 1n)
      }),
    )
  })

  test('what a tier does not price costs no less in it than below it', () => {
    const below = used({ inputAudioTokens: 200_000 })
    const within = used({ inputAudioTokens: 200_001 })
    expect(costOf(below, full)).toBe(8_000_001_000n)
    expect(costOf(within, full)).toBeGreaterThan(costOf(below, full))
  })

  test('more of anything never costs less, also across tiers', () => {
    fc.assert(
      fc.property(usages, fc.constantFrom(...BUCKETS), fc.nat({ max: 600_000 }), (usage, bucket, more) => {
        const grown = { ...usage, [bucket]: (usage[bucket] ?? 0) + more }
        expect(costOf(grown, full)).toBeGreaterThanOrEqual(costOf(usage, full))
      }),
    )
  })

  test.each([...OTHER_UNITS])(
    '%s cost what one of them costs, in every tier and however they were served',
    (unit) => {
      const [rate] = unitFacts(unit).rates
      const price: Price = {
        ...full,
        [rate]: 4_000n,
        serviceTiers: new Map([['flex', { price: { times: [1n, 2n] } }]]),
      }
      for (const usage of [used({ [unit]: 3 }), used({ [unit]: 3, servedTiers: ['flex'] })]) {
        const { [unit]: _count, ...without } = usage
        expect(costOf(usage, price) - costOf(without, price)).toBe(12n)
      }
      const dear = used({ inputTokens: 300_000 })
      expect(costOf({ ...dear, [unit]: 3 }, price) - costOf(dear, price)).toBe(12n)
    },
  )

  test('what was used and has no price makes the whole one that is not known, web searches apart', () => {
    for (const unit of OTHER_UNITS) {
      const cost = costIfKnown(used({ inputTokens: 1, [unit]: 1 }), flat)
      if (unit === 'webSearches') expect(cost).toBe(3_000n)
      else expect(cost).toBeUndefined()
    }
  })

  test('nonsense in a bucket counts as nothing', () => {
    expect(costOf(used({ inputTokens: -5, outputTokens: Number.NaN, reasoningTokens: 1.9 }), flat)).toBe(
      15_000n,
    )
  })
})

describe('service that was not the usual one', () => {
  const tiered: Price = {
    ...full,
    serviceTiers: new Map([
      ['flex', { price: { times: [1n, 2n] } }],
      ['priority', { price: { rates: { input: usd('7'), output: usd('31') } } }],
      ['fast', { price: { times: [6n, 1n] }, onlyAsked: true }],
      ['us', { price: { times: [11n, 10n] }, onlyAsked: true }],
    ]),
  }
  const usage = { inputTokens: 1_000, outputTokens: 1_000 }

  test.each<[readonly string[], bigint | undefined]>([
    [['flex'], 1_500_000n + 7_500_000n + 1_000n],
    [['priority'], 7_000_000n + 31_000_000n + 1_000n],
    [['fast', 'us'], 19_800_000n + 99_000_000n + 1_000n],
    [['us', 'priority'], 7_700_000n + 34_100_000n + 1_000n],
    [['scale'], undefined],
    [['us', 'constructor'], undefined],
    [['untold'], undefined],
  ])('%p costs %p', (servedTiers, cost) => {
    expect(costIfKnown(used({ ...usage, servedTiers }), tiered)).toBe(cost)
  })

  test('is never priced as the usual one where nothing is known of it', () => {
    expect(costIfKnown(used({ ...usage, servedTiers: ['flex'] }), flat)).toBeUndefined()
  })

  test('is held for at the dearest that a request lets it come to', () => {
    const bound = (serviceTiers: readonly string[]) =>
      upperBound({
        inputTokens: 1_000,
        maxOutputTokens: 1_000,
        price: tiered,
        cacheWrites: false,
        serviceTiers,
      })
    const usual = bound([])
    expect(usual).toBe(3_000_000n + 15_000_000n + 1_000n)
    expect(bound(['flex'])).toBe(usual)
    expect(bound(['priority'])).toBe(7_000_000n + 31_000_000n + 1_000n)
    expect(bound(['auto'])).toBe(bound(['priority']))
    expect(bound(['fast', 'us'])).toBe(19_800_000n + 99_000_000n + 1_000n)
    expect(bound(['scale'])).toBe(usual)
  })

  test('never costs more than was held for those who asked for it', () => {
    const words = fc.subarray(['flex', 'priority', 'fast', 'us'])
    fc.assert(
      fc.property(usages, words, (drawn, servedTiers) => {
        const plain = { ...drawn, webSearches: 0, hiddenInputTokens: 0, hiddenOutputTokens: 0, servedTiers }
        const bound = upperBound({
          inputTokens: totalInput(plain),
          maxOutputTokens: plain.outputTokens + plain.reasoningTokens + plain.outputAudioTokens,
          price: tiered,
          audio: true,
          serviceTiers: servedTiers,
        })
        expect(bound).toBeGreaterThanOrEqual(costOf(plain, tiered))
      }),
    )
  })
})

test('a multiple of a price costs so much more for every token in every tier, and nothing more for the rest', () => {
  fc.assert(
    fc.property(usages, (usage) => {
      const { request: _request, ...free } = full
      const plain = { ...usage, webSearches: 0 }
      const usual = costOf(plain, free)
      const dear = costOf(plain, timesPrice(free, [2n, 1n]))
      expect(2n * usual - dear).toBeGreaterThanOrEqual(0n)
      expect(2n * usual - dear).toBeLessThanOrEqual(1n)
    }),
  )
  expect(costOf(used({ webSearches: 1 }), timesPrice(full, [11n, 10n]))).toBe(10_000_000n + 1_000n)
})

describe('upper bound of a request', () => {
  test('no usage within the limits costs more, whatever the buckets and the tier', () => {
    fc.assert(
      fc.property(usages, fc.oneof(prices, fc.constant(full)), (usage, price) => {
        const plain = { ...usage, webSearches: 0, hiddenInputTokens: 0, hiddenOutputTokens: 0 }
        const bound = upperBound({
          inputTokens: totalInput(plain),
          maxOutputTokens: plain.outputTokens + plain.reasoningTokens + plain.outputAudioTokens,
          price,
          audio: true,
        })
        expect(bound).toBeGreaterThanOrEqual(costOf(plain, price))
      }),
    )
  })

  test('audio prices count only where audio may occur', () => {
    const question = { inputTokens: 1_000, maxOutputTokens: 1_000, price: full }
    expect(upperBound(question)).toBe(6_000_000n + 15_000_000n + 1_000n)
    expect(upperBound({ ...question, audio: true })).toBe(40_000_000n + 80_000_000n + 1_000n)
  })

  test('searches that are asked for are held for where the price knows them, and are tokens elsewhere', () => {
    const question = { inputTokens: 0, maxOutputTokens: 0, askedSearches: 3 }
    expect(upperBound({ ...question, price: { ...flat, search: 2_000_000_000n } })).toBe(6_000_000n)
    expect(upperBound({ ...question, price: flat })).toBe(0n)
  })

  test('searches are held for at their price, or at the usual one where it is not known', () => {
    const question = { inputTokens: 0, maxOutputTokens: 0, searches: 3 }
    expect(upperBound({ ...question, price: { ...full, webSearch: 20_000_000_000n } })).toBe(
      60_000_000n + 1_000n,
    )
    expect(upperBound({ ...question, price: flat })).toBe(30_000_000n)
  })

  test('prices of cache writes count unless nothing asks for one', () => {
    const question = { inputTokens: 1_000, maxOutputTokens: 0, price: full }
    expect(upperBound({ ...question, cacheWrites: true })).toBe(6_000_000n + 1_000n)
    expect(upperBound({ ...question, cacheWrites: false })).toBe(3_000_000n + 1_000n)
  })

  test('a tier counts as reached when the estimate may be that much too low', () => {
    const bound = (inputTokens: number) => upperBound({ inputTokens, maxOutputTokens: 0, price: full })
    expect(bound(159_000)).toBe(159_000n * 6_000n + 1_000n)
    expect(bound(420_000)).toBe(420_000n * 12_000n + 1_000n)
  })
})
