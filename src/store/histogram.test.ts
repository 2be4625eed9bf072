import { expect, test } from 'bun:test'
import { bucketOf, quantileOf, readHistogram, writeHistogram, type Histogram } from './histogram.ts'

test('a time is in a bucket whose bounds are a fifth apart, whatever it is', () => {
  expect([Number.NaN, -5, 0, 1].map(bucketOf)).toEqual([0, 0, 0, 0])
  for (let ms = 2; ms < 80_000_000; ms *= 1.37) {
    const alone: Histogram = new Map([[bucketOf(ms), 1]])
    const told = quantileOf(alone, 1) ?? 0
    expect(told / ms).toBeGreaterThanOrEqual(1 - 1e-9)
    expect(told / ms).toBeLessThan(1.19)
  }
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(1e300))
})

test('a histogram is the same after it was a text, and nothing has no percentile', () => {
  const histogram: Histogram = new Map([
    [3, 7],
    [40, 1],
  ])
  const read: Histogram = new Map()
  readHistogram(read, writeHistogram(histogram))
  expect(read).toEqual(histogram)
  readHistogram(read, writeHistogram(histogram))
  expect(read.get(3)).toBe(14)
  readHistogram(read, writeHistogram(new Map()))
  expect(read.size).toBe(2)
  expect(quantileOf(new Map(), 0.5)).toBeUndefined()
})
