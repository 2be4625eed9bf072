import { expect, test } from 'bun:test'
import { DEFAULT_CACHE } from '../exchange/cache.ts'
import { compileCache } from './compile-cache.ts'

test('what a route says holds before what is usual, and that before what holds where nothing is said', () => {
  expect(compileCache(undefined, undefined)).toEqual({})
  expect(compileCache(undefined, 'off')).toEqual({})
  expect(compileCache({}, undefined)).toEqual({ cache: DEFAULT_CACHE })
  const usual = { ttl: 60_000, tags: ['usual'], stale_while_revalidate: 5_000 }
  expect(compileCache(undefined, usual)).toMatchObject({ cache: { ttlMs: 60_000, tags: ['usual'] } })
  expect(compileCache({ ttl: 1_000, stale_if_error: 2_000, buckets: 3 }, usual)).toEqual({
    cache: {
      ...DEFAULT_CACHE,
      ttlMs: 1_000,
      staleWhileRevalidateMs: 5_000,
      staleIfErrorMs: 2_000,
      buckets: 3,
      tags: ['usual'],
    },
  })
  expect(compileCache('off', usual)).toEqual({})
  expect(compileCache({}, 'off')).toEqual({ cache: DEFAULT_CACHE })
})
