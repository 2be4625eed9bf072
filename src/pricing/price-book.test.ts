import { describe, expect, test } from 'bun:test'
import type { Price } from '../exchange/target.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import type { ModelCatalogue } from './catalogue.ts'
import { costOf } from './cost.ts'
import { loadGenaiCatalogue } from './genai-catalogue.ts'
import { createPriceBook, loadPriceBook } from './price-book.ts'
import { parseTimeOfDay, pickPrice, type PriceCondition } from './price-period.ts'

const NOW_MS = Date.UTC(2026, 9, 1, 12)
const shipped = await loadPriceBook()
const catalogue = await loadGenaiCatalogue()
/** By the name that the first catalogue has for a provider. */
const book = {
  priceOf: (name: string, model: string, atMs: number) => shipped.priceOf({ name }, model, atMs),
}
const price = (id: string): Price => ({ id, input: 1n, output: 2n, simulated: false })

describe('the price book', () => {
  test('a well-known model has its list price in pico-USD per token', () => {
    expect(book.priceOf('openai', 'gpt-4o', NOW_MS)).toMatchObject({
      input: 2_500_000n,
      cacheRead: 1_250_000n,
      output: 10_000_000n,
      webSearch: 10_000_000_000n,
      simulated: false,
    })
  })

  test('cache writes of both lifetimes and whole-request tiers are carried over', () => {
    expect(book.priceOf('anthropic', 'claude-sonnet-4-5', NOW_MS)).toMatchObject({
      cacheWrite: 3_750_000n,
      cacheWriteLong: 6_000_000n,
      tiers: [
        {
          aboveInputTokens: 200_000,
          price: { input: 6_000_000n, output: 22_500_000n, cacheRead: 600_000n, cacheWriteLong: 12_000_000n },
        },
      ],
    })
  })

  test.each([
    ['openai', 'gpt-4o-2024-08-06', 'gpt-4o'],
    ['openai', 'gpt-4o-2031-01-01', 'gpt-4o'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'claude-sonnet-4-5'],
    ['google', 'models/gemini-2.5-pro', 'gemini-2.5-pro'],
    ['openai', ' GPT-4o ', 'gpt-4o'],
  ])('%s/%s is priced as %s', (provider, model, plain) => {
    const found = book.priceOf(provider, model, NOW_MS)
    expect(found).toBeDefined()
    expect(found).toEqual(book.priceOf(provider, plain, NOW_MS) ?? price('none'))
  })

  test('an undated name finds the one entry that is dated', () => {
    expect(book.priceOf('openai', 'gpt-4o-2024-05-13', NOW_MS)?.input).toBe(5_000_000n)
    expect(book.priceOf('x-ai', 'grok-4', NOW_MS)).toBeDefined()
  })

  test.each([
    ['openai', 'no-such-model'],
    ['no-such-provider', 'gpt-4o'],
    ['openai', 'whisper-1'],
    ['openrouter', 'meta-llama/llama-3.3-70b-instruct:free'],
    ['openai', 'x'.repeat(100_000)],
  ])('%s/%.60s is unpriced, not free', (provider, model) => {
    expect(book.priceOf(provider, model, NOW_MS)).toBeUndefined()
  })

  test('a dated price holds from its date on', () => {
    const at = (atMs: number) => book.priceOf('openai', 'o3', atMs)?.input
    expect(at(Date.UTC(2025, 5, 9, 23, 59))).toBe(10_000_000n)
    expect(at(Date.UTC(2025, 5, 10))).toBe(2_000_000n)
  })

  test('a price by time of day follows the time of the request', () => {
    const at = (hour: number, minute: number) =>
      book.priceOf('deepseek', 'deepseek-v4-flash', Date.UTC(2026, 9, 1, hour, minute))?.input
    expect(at(0, 59)).toBe(220_000n)
    expect(at(1, 0)).toBe(440_000n)
    expect(at(3, 59)).toBe(440_000n)
    expect(at(4, 0)).toBe(220_000n)
    expect(at(9, 59)).toBe(440_000n)
  })

  test('each period of a price has an id of its own', () => {
    const before = book.priceOf('openai', 'o3', 0)
    const after = book.priceOf('openai', 'o3', NOW_MS)
    expect(before?.id).not.toBe(after?.id ?? '')
    expect(book.priceOf('openai', 'o3', NOW_MS)?.id).toBe(after?.id ?? '')
  })

  test('what the first catalogue does not know the other one prices, and neither prices what stands in it as free', () => {
    const mistral = { name: 'mistral' }
    expect(catalogue.find(mistral, 'ministral-3-8b-2512')).toBeUndefined()
    expect(shipped.priceOf(mistral, 'ministral-3-8b-2512', NOW_MS)).toMatchObject({
      input: 150_000n,
      output: 150_000n,
    })
    expect(shipped.priceOf({ name: 'gemini', priceId: 'google' }, 'gemini-exp-1206', NOW_MS)?.id).toStartWith(
      'listed:gemini/',
    )
    expect(shipped.priceOf(mistral, 'labs-leanstral-1-5', NOW_MS)).toBeUndefined()
  })

  test('long contexts are priced by whichever knows them, where the two agree on short ones', () => {
    const xai = { name: 'xai', priceId: 'x-ai' }
    expect(catalogue.find(xai, 'grok-4-fast-reasoning')?.[0]?.price.tiers).toBeUndefined()
    const found = shipped.priceOf(xai, 'grok-4-1-fast-reasoning', NOW_MS)
    expect(found).toMatchObject({
      input: 200_000n,
      tiers: [{ aboveInputTokens: 128_000, price: { input: 400_000n, output: 1_000_000n } }],
    })
    expect(found?.id).toMatch(/^list:x-ai\/.*\+listed:xai\//)
    // They do not agree on what this one costs.
    expect(shipped.priceOf(xai, 'grok-code-fast-1', NOW_MS)?.tiers).toBeUndefined()
  })

  test('each catalogue is asked once per model, also for one that it does not know', () => {
    let asked = 0
    const counting: ModelCatalogue = {
      find: () => {
        asked += 1
        return undefined
      },
      models: () => [],
      facts: () => ({}),
    }
    const own = createPriceBook(counting, counting)
    own.priceOf({ name: 'a' }, 'b', 1)
    own.priceOf({ name: 'a' }, 'b', 2)
    expect(asked).toBe(2)
  })

  test("our sum agrees with the library's own over every priced model of four providers", async () => {
    const library = await import('@pydantic/genai-prices')
    const timestamp = new Date(NOW_MS)
    let compared = 0
    const compare = (providerId: string, model: string, [input, output]: readonly [number, number]): void => {
      const ours = book.priceOf(providerId, model, NOW_MS)
      const usage = { input_tokens: input, output_tokens: output }
      const theirs = library.calcPrice(usage, model, { providerId, timestamp })
      if (ours === undefined || theirs === null) return
      // Embedding models have no output price there; here output is never free.
      if (theirs.output_price === 0 && theirs.input_price > 0) return
      const cost = costOf({ ...NO_USAGE, inputTokens: input, outputTokens: output }, ours) ?? 0n
      const fee = (ours.request ?? 0n) / 1_000n
      expect(Number(cost - fee) / 1e9).toBeCloseTo(theirs.input_price + theirs.output_price, 7)
      compared += 1
    }
    for (const providerId of ['openai', 'anthropic', 'google', 'deepseek']) {
      for (const { id } of library.findProvider({ providerId })?.models ?? []) {
        compare(providerId, id, [1_000, 500])
        compare(providerId, id, [300_000, 1_000])
      }
    }
    expect(compared).toBeGreaterThan(200)
  })
})

describe('price periods', () => {
  const period = (id: string, condition: PriceCondition) => ({ condition, price: price(id) })

  test('the last condition that is met wins, and the first price when none is', () => {
    const periods = [period('old', { type: 'since', atMs: 10 }), period('new', { type: 'since', atMs: 20 })]
    expect([5, 10, 19, 20].map((atMs) => pickPrice(periods, atMs)?.id)).toEqual(['old', 'old', 'old', 'new'])
    expect(pickPrice([], 5)).toBeUndefined()
  })

  test('a stretch over midnight holds on both sides of it', () => {
    const night = period('night', { type: 'time-of-day', fromMs: 22 * 3_600_000, toMs: 2 * 3_600_000 })
    const at = (hour: number) =>
      pickPrice([period('day', { type: 'always' }), night], Date.UTC(2026, 0, 1, hour))?.id
    expect([21, 22, 23, 0, 1, 2].map(at)).toEqual(['day', 'night', 'night', 'night', 'night', 'day'])
  })

  test('times of day are read with their offset', () => {
    expect(parseTimeOfDay('00:30:00Z')).toBe(1_800_000)
    expect(parseTimeOfDay('08:00:00+08:00')).toBe(0)
    expect(parseTimeOfDay('23:00:00-02:00')).toBe(3_600_000)
    expect(parseTimeOfDay('noon')).toBeUndefined()
  })
})
