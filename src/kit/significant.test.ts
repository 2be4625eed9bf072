import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { toSignificant } from './significant.ts'

test('three digits are left, the last of them rounded', () => {
  expect([0, 1, 12.345, 0.012349, 99_950, 123_456, 0.9996].map(toSignificant)).toEqual([
    0, 1, 12.3, 0.0123, 100_000, 123_000, 1,
  ])
})

test('what was rounded stays as it is, read back from its digits too, and is off by half a percent at most', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (value) => {
      const rounded = toSignificant(value)
      expect(toSignificant(rounded)).toBe(rounded)
      expect(Number(rounded.toPrecision(3))).toBe(rounded)
      expect(Math.abs(rounded - value)).toBeLessThanOrEqual(value * 0.005 * (1 + 1e-9))
    }),
  )
})
