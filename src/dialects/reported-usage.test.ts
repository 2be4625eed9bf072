import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { usageArbitrary } from '../../test/arbitraries/chat.ts'
import type { Quirks } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import type { JsonObject } from '../kit/json.ts'
import { encodeUsage } from './openai-chat/usage.ts'
import { decodeUsage, laterReport } from './reported-usage.ts'

const rows: readonly (readonly [string, JsonObject, Quirks, Partial<Usage>])[] = [
  [
    'cache and reasoning inside',
    {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10, audio_tokens: 5 },
      completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 7 },
    },
    {},
    {
      inputTokens: 25,
      cacheReadTokens: 60,
      cacheWriteTokens: 10,
      inputAudioTokens: 5,
      outputTokens: 23,
      reasoningTokens: 20,
      outputAudioTokens: 7,
    },
  ],
  [
    'hits and misses at the top',
    { prompt_tokens: 339, completion_tokens: 83, prompt_cache_hit_tokens: 320, prompt_cache_miss_tokens: 19 },
    {},
    { inputTokens: 19, cacheReadTokens: 320, outputTokens: 83 },
  ],
  [
    'a cached count of its own',
    { prompt_tokens: 10, completion_tokens: 1, num_cached_tokens: 4 },
    {},
    { inputTokens: 6, cacheReadTokens: 4, outputTokens: 1 },
  ],
  [
    'a cached count at the top',
    { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 4 },
    {},
    { inputTokens: 6, cacheReadTokens: 4, outputTokens: 1 },
  ],
  [
    'reasoning outside, recognised by the total',
    {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
    },
    {},
    { inputTokens: 12, outputTokens: 1, reasoningTokens: 290 },
  ],
  [
    'reasoning outside, recognised by the total alone',
    {
      prompt_tokens: 10,
      completion_tokens: 20,
      total_tokens: 35,
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    {},
    { inputTokens: 10, outputTokens: 20, reasoningTokens: 5 },
  ],
  [
    'reasoning outside, as declared',
    { prompt_tokens: 10, completion_tokens: 20, completion_tokens_details: { reasoning_tokens: 5 } },
    { reasoningTokens: 'outside' },
    { inputTokens: 10, outputTokens: 20, reasoningTokens: 5 },
  ],
  [
    'thoughts that only the total tells of',
    { prompt_tokens: 7, completion_tokens: 12, total_tokens: 402 },
    {},
    { inputTokens: 7, outputTokens: 12, reasoningTokens: 383 },
  ],
  [
    'thoughts that only the total tells of, before the first word',
    { prompt_tokens: 7, completion_tokens: 0, total_tokens: 8 },
    {},
    { inputTokens: 7, reasoningTokens: 1 },
  ],
  [
    'a total that is larger where all reasoning is declared to be inside',
    { prompt_tokens: 7, completion_tokens: 12, total_tokens: 402 },
    { reasoningTokens: 'inside' },
    { inputTokens: 7, outputTokens: 12, anomalies: ['parts-mismatch'] },
  ],
  [
    'a total that holds audio which is told in seconds',
    { prompt_tokens: 4, completion_tokens: 10, total_tokens: 3_264, prompt_audio_seconds: 203 },
    {},
    { inputTokens: 4, outputTokens: 10 },
  ],
  [
    'cached beyond the prompt',
    { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 14 } },
    {},
    { cacheReadTokens: 10, outputTokens: 1, anomalies: ['cache-beyond-input'] },
  ],
  [
    'a total below its parts',
    { prompt_tokens: 10, completion_tokens: 20, total_tokens: 15 },
    {},
    { inputTokens: 10, outputTokens: 20, anomalies: ['parts-mismatch'] },
  ],
  [
    'reasoning beyond the output that holds it',
    { prompt_tokens: 1, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 5 } },
    { reasoningTokens: 'inside' },
    { inputTokens: 1, outputTokens: 2, reasoningTokens: 5, anomalies: ['parts-mismatch'] },
  ],
  [
    'a total that leaves out reasoning which is declared to be outside',
    {
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    { reasoningTokens: 'outside' },
    { inputTokens: 1, outputTokens: 2, reasoningTokens: 5 },
  ],
  [
    'a number beyond all counts',
    { prompt_tokens: 1e300, completion_tokens: 1 },
    {},
    { inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: 1 },
  ],
  [
    'cache writes under a name of their own',
    {
      prompt_tokens: 100,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 10, cache_creation_input_tokens: 30 },
    },
    { cacheWriteField: 'cache_creation_input_tokens' },
    { inputTokens: 60, cacheReadTokens: 10, cacheWriteTokens: 30, outputTokens: 1 },
  ],
  [
    'searches',
    { prompt_tokens: 1, completion_tokens: 1, num_search_queries: 3 },
    {},
    { inputTokens: 1, outputTokens: 1, webSearches: 3 },
  ],
  [
    'nonsense',
    { prompt_tokens: -4, completion_tokens: 'x', prompt_tokens_details: { cached_tokens: 1.5 } },
    {},
    { anomalies: ['not-a-count', 'cache-beyond-input'] },
  ],
]

describe('decodeUsage', () => {
  for (const [name, reported, quirks, buckets] of rows) {
    test(`takes apart: ${name}`, () => {
      expect(decodeUsage(reported, quirks)).toEqual({ ...NO_USAGE, ...buckets })
    })
  }

  test('keeps the tier that was served', () => {
    expect(decodeUsage({}, {}, { told: 'priority' })).toMatchObject({
      serviceTier: 'priority',
      servedTiers: ['priority'],
    })
  })

  test('gives back what was encoded, bucket by bucket', () => {
    fc.assert(
      fc.property(usageArbitrary, (usage) => {
        expect(decodeUsage(encodeUsage(usage), {})).toEqual(usage)
      }),
    )
  })

  test('never gives a negative or fractional bucket', () => {
    const count = fc.oneof(fc.integer(), fc.double(), fc.constant(null))
    const report = fc.record({
      prompt_tokens: count,
      completion_tokens: count,
      total_tokens: count,
      prompt_tokens_details: fc.record({
        cached_tokens: count,
        cache_write_tokens: count,
        audio_tokens: count,
      }),
      completion_tokens_details: fc.record({ reasoning_tokens: count, audio_tokens: count }),
    })
    fc.assert(
      fc.property(report, (reported) => {
        for (const value of Object.values(decodeUsage(reported, {}))) {
          if (typeof value === 'number') expect(Number.isInteger(value) && value >= 0).toBe(true)
        }
      }),
    )
  })
})

describe('laterReport', () => {
  test('lets counts grow and never shrink', () => {
    const large = { prompt_tokens: 10, completion_tokens: 5 }
    expect(laterReport(undefined, large)).toBe(large)
    expect(laterReport(large, { prompt_tokens: 0, completion_tokens: 0 })).toBe(large)
    const larger = { prompt_tokens: 10, completion_tokens: 6 }
    expect(laterReport(large, larger)).toBe(larger)
  })
})
