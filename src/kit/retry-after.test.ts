import { describe, expect, test } from 'bun:test'
import { readLimitReset, readRetryAfter } from './retry-after.ts'

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0)
const retryAfter = (headers: Record<string, string>) => readRetryAfter(new Headers(headers), NOW_MS)

describe('retry-after', () => {
  test('is read in seconds, whole or not', () => {
    expect(retryAfter({ 'retry-after': '20' })).toBe(20_000)
    expect(retryAfter({ 'retry-after': '0' })).toBe(0)
    expect(retryAfter({ 'retry-after': ' 1.5 ' })).toBe(1_500)
  })

  test('is read as a date in all three forms of RFC 9110', () => {
    expect(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' })).toBe(30_000)
    expect(retryAfter({ 'retry-after': 'Friday, 20-Nov-26 12:00:30 GMT' })).toBe(30_000)
    expect(retryAfter({ 'retry-after': 'Fri Nov 20 12:00:30 2026' })).toBe(30_000)
    expect(retryAfter({ 'retry-after': 'Fri, 20 Nov 2026 11:59:00 GMT' })).toBe(0)
  })

  test('in milliseconds wins over the one in seconds', () => {
    expect(retryAfter({ 'retry-after-ms': '1250', 'retry-after': '2' })).toBe(1_250)
    expect(retryAfter({ 'retry-after-ms': 'soon', 'retry-after': '2' })).toBe(2_000)
  })

  test('is absent when it cannot be read', () => {
    expect(retryAfter({})).toBeUndefined()
    for (const text of ['', 'soon', '-1', 'Infinity', '1e3', 'Fri, 99 Nov 2026', '2026-11-20'])
      expect(retryAfter({ 'retry-after': text })).toBeUndefined()
  })

  test('is never longer than a year', () => {
    expect(retryAfter({ 'retry-after': '999999999999' })).toBe(365 * 86_400_000)
    expect(retryAfter({ 'retry-after': 'Fri, 20 Nov 9999 12:00:30 GMT' })).toBe(365 * 86_400_000)
  })
})

const resetAfter = (headers: Record<string, string>): number | undefined => {
  const names = ['a', 'b'].map((name) => ({ remaining: `left-${name}`, reset: `reset-${name}` }))
  return readLimitReset(new Headers(headers), names, NOW_MS)
}

test('resets are read in the forms of all providers', () => {
  const table = [
    ['6m0s', 360_000],
    ['12ms', 12],
    ['2m59.56s', 179_560],
    ['1s', 1_000],
    ['34.4s', 34_400],
    ['2026-11-20T12:01:00Z', 60_000],
    ['2026-11-20T13:01:00+01:00', 60_000],
    ['2026-11-20T11:00:00Z', 0],
    [String(NOW_MS + 5_000), 5_000],
    [String(NOW_MS / 1_000 + 7), 7_000],
    ['0.5', 500],
    ['60', 60_000],
  ] as const
  for (const [text, delayMs] of table) expect(resetAfter({ 'left-a': '0', 'reset-a': text })).toBe(delayMs)
  for (const text of ['', 'soon', '-5s', '6x', '2026-11-20', '2026-11-20T12:01:00', 'Fri, nonsense'])
    expect(resetAfter({ 'left-a': '0', 'reset-a': text })).toBeUndefined()
})

test('only limits that are used up count, and of those the longest', () => {
  expect(resetAfter({ 'left-a': '3', 'reset-a': '5s', 'left-b': '0', 'reset-b': '2s' })).toBe(2_000)
  expect(resetAfter({ 'left-a': '0', 'reset-a': '5s', 'left-b': '0', 'reset-b': '2s' })).toBe(5_000)
  expect(resetAfter({ 'reset-a': '5s' })).toBeUndefined()
  expect(resetAfter({ 'left-a': '0' })).toBeUndefined()
})
