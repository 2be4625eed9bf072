import { expect, test } from 'bun:test'
import type { Affinity } from '../exchange/affinity.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { cachedPart, switchCost } from './switch-cost.ts'

test('leaving a cache costs what is read anew, or written where that is asked for, less what it costs to stay', () => {
  const to = { id: 'b', input: 3_000_000n, output: 1n, cacheRead: 300_000n, simulated: false }
  expect(switchCost(1_000, to, false)).toBe(2_700_000)
  const written = { ...to, cacheWrite: 3_750_000n }
  expect(switchCost(1_000, written, false)).toBe(2_700_000)
  expect(switchCost(1_000, written, true)).toBe(3_450_000)
  // Who makes nothing cheaper by caching it takes nothing for its loss.
  expect(switchCost(1_000, { id: 'c', input: 200_000n, output: 1n, simulated: false }, true)).toBe(0)
})

test('what lies in a cache is no more than the request, and a prompt is too short for any cache unless it is of a session', () => {
  const warm = { target: 'one/a', tokens: 3_000 }
  const partOf = (by: Affinity['by'], inputTokens: number, cachedFromTokens?: number) =>
    cachedPart(
      { affinity: { by, hash: 1, bound: 2, warm }, features: { ...NO_FEATURES, inputTokens } },
      { capabilities: cachedFromTokens === undefined ? {} : { cachedFromTokens } },
    )
  expect(partOf('session', 6_000)).toEqual({ at: 'one/a', tokens: 3_000, share: 0.5 })
  expect(partOf('session', 600)).toEqual({ at: 'one/a', tokens: 600, share: 1 })
  expect(partOf('prompt_prefix', 1_024)).toMatchObject({ tokens: 1_024 })
  expect(partOf('prompt_prefix', 1_023)).toBeUndefined()
  expect(partOf('prompt_prefix', 2_000, 4_096)).toBeUndefined()
  expect(partOf('session', 0)).toBeUndefined()
  expect(cachedPart({ features: NO_FEATURES }, { capabilities: {} })).toBeUndefined()
})
