import { expect, test } from 'bun:test'
import type { Json } from '../kit/json.ts'
import { cacheWishIn, readCacheWish } from './read-cache-wish.ts'

test('what a request wants of the cache is read as it is written, in the body or in headers', () => {
  expect(readCacheWish('refresh')).toEqual({ mode: 'refresh' })
  expect(readCacheWish({ mode: 'on', ttl: 90, scope: 'key', tags: ['a', 'b-1'] })).toEqual({
    mode: 'on',
    ttlMs: 90_000,
    scope: 'key',
    tags: ['a', 'b-1'],
  })
  const headers = {
    'x-gatehouse-cache': 'only',
    'x-gatehouse-cache-ttl': '10m',
    'x-gatehouse-cache-tags': 'a, b',
  }
  expect(readCacheWish(cacheWishIn(headers) ?? {})).toEqual({
    mode: 'only',
    ttlMs: 600_000,
    tags: ['a', 'b'],
  })
  // What a gateway has said of itself is no wish.
  expect(cacheWishIn({ 'x-gatehouse-cache': 'hit' })).toBeUndefined()
})

const LONG_LIST: readonly string[] = Array.from({ length: 10_000 }, (_, index) => `tag${index}`)

test.each([
  [{ ttl: 0 }],
  [{ ttl: -1 }],
  [{ ttl: Number.NaN }],
  [{ ttl: Number.POSITIVE_INFINITY }],
  [{ ttl: 1e308 }],
  [{ ttl: 2 ** 53 }],
  [{ ttl: '366d' }],
  [{ ttl: '-5m' }],
  [{ ttl: '0.1ms' }],
  [{ ttl: 'NaN' }],
  [{ ttl: '9'.repeat(10_000) }],
  [{ ttl: null }],
  [{ tags: 'a' }],
  [{ tags: [''] }],
  [{ tags: [7] }],
  [{ tags: ['a'.repeat(10_000)] }],
  [{ tags: ['../../etc'] }],
  [{ tags: LONG_LIST }],
  [{ scope: 'everybody' }],
  [{ mode: 'hit' }],
  [{ Mode: 'on' }],
  [7],
  [null],
] satisfies readonly (readonly [Json])[])('what is not understood is refused, never ignored (%#)', (wish) => {
  expect(readCacheWish(wish)).toBeUndefined()
})
