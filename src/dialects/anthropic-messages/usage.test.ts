import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { usageArbitrary } from '../../../test/arbitraries/chat.ts'
import { NO_USAGE, totalInput } from '../../exchange/usage.ts'
import { fromUsage, mergeUsage, toUsage } from './usage.ts'

test('properties: what is written reads back as it was', () => {
  fc.assert(
    fc.property(
      usageArbitrary,
      fc.nat(900),
      fc.integer({ min: 1, max: 9 }),
      (generated, cacheWriteLongTokens, webSearches) => {
        const usage = { ...generated, cacheWriteLongTokens, webSearches }
        expect(toUsage(fromUsage(usage))).toEqual(usage)
      },
    ),
  )
})

describe('what was reported', () => {
  test('input is without cache, thinking is inside output', () => {
    const usage = toUsage({
      input_tokens: 10,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 30,
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
    })
    expect(usage).toEqual({
      ...NO_USAGE,
      inputTokens: 10,
      cacheReadTokens: 100,
      cacheWriteTokens: 30,
      outputTokens: 30,
      reasoningTokens: 20,
    })
    expect(totalInput(usage)).toBe(140)
  })

  test('cache writes are split by lifetime; the total rules over a split that misses some', () => {
    const split = { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 }
    expect(toUsage({ cache_creation_input_tokens: 30, cache_creation: split })).toMatchObject({
      cacheWriteTokens: 10,
      cacheWriteLongTokens: 20,
    })
    expect(toUsage({ cache_creation_input_tokens: 35, cache_creation: split })).toMatchObject({
      cacheWriteTokens: 15,
      cacheWriteLongTokens: 20,
    })
  })

  test('sub-calls that the totals leave out are hidden tokens', () => {
    const usage = toUsage({
      input_tokens: 4_727,
      output_tokens: 3_391,
      iterations: [
        { type: 'message', input_tokens: 1_051, output_tokens: 35 },
        { type: 'advisor_message', input_tokens: 2_728, cache_read_input_tokens: 2, output_tokens: 3_880 },
        { type: 'fallback_message', input_tokens: 9, output_tokens: 9 },
      ],
    })
    expect(usage).toMatchObject({ inputTokens: 4_727, hiddenInputTokens: 2_730, hiddenOutputTokens: 3_880 })
    expect(fromUsage(usage)).toMatchObject({ input_tokens: 4_727, output_tokens: 3_391 })
  })

  test('nonsense is never negative', () => {
    const usage = toUsage({
      input_tokens: -5,
      output_tokens: 3,
      output_tokens_details: { thinking_tokens: 99 },
      cache_read_input_tokens: 'many',
    })
    expect(usage).toEqual({
      ...NO_USAGE,
      reasoningTokens: 3,
      anomalies: ['parts-mismatch', 'not-a-count'],
    })
  })

  test('a split of cache writes beyond their total is told apart', () => {
    const split = { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 }
    expect(toUsage({ cache_creation_input_tokens: 25, cache_creation: split })).toMatchObject({
      cacheWriteTokens: 10,
      cacheWriteLongTokens: 20,
      anomalies: ['parts-mismatch'],
    })
  })

  test('the last number of each field wins; null and absent keep what was known', () => {
    const merged = mergeUsage(
      { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 },
      { input_tokens: 16_111, cache_read_input_tokens: null, output_tokens: 2 },
    )
    expect(merged).toEqual({ input_tokens: 16_111, cache_read_input_tokens: 7, output_tokens: 2 })
  })
})
