import { expect, test } from 'bun:test'
import { CountReader } from './count-reader.ts'

test.each([
  [12, 12, undefined],
  [0, 0, undefined],
  [-3, 0, ['not-a-count']],
  [1.5, 1, ['not-a-count']],
  [Number.POSITIVE_INFINITY, undefined, ['not-a-count']],
  ['12', undefined, ['not-a-count']],
  [1e300, Number.MAX_SAFE_INTEGER, undefined],
  [null, undefined, undefined],
])('%p is read as %p', (value, count, anomalies) => {
  const counts = new CountReader()
  expect(counts.count({ tokens: value }, 'tokens')).toBe(count as number)
  expect(counts.anomalies).toEqual(anomalies as never)
})

test('what is wrong twice is told once', () => {
  const counts = new CountReader()
  counts.count({ a: -1, b: -1 }, 'a')
  counts.count({ a: -1, b: -1 }, 'b')
  counts.flag('parts-mismatch')
  expect(counts.anomalies).toEqual(['not-a-count', 'parts-mismatch'])
})
