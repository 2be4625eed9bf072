import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { formatCount, parseBytes, parseCount } from './quantity.ts'

test('counts are read with and without a unit, in either case', () => {
  const table = [
    ['0', 0],
    ['500', 500],
    ['10k', 10_000],
    ['10K', 10_000],
    ['2M', 2_000_000],
    ['2m', 2_000_000],
    ['1.5M', 1_500_000],
    ['1.1k', 1_100],
    ['4.35k', 4_350],
    ['3g', 3_000_000_000],
  ] as const
  for (const [text, count] of table) expect(parseCount(text)).toBe(count)
})

test('sizes tell powers of 1000 from powers of 1024', () => {
  const table = [
    ['512', 512],
    ['512B', 512],
    ['64kB', 64_000],
    ['64KiB', 65_536],
    ['10MB', 10_000_000],
    ['32 MiB', 33_554_432],
    ['1.5GiB', 1_610_612_736],
  ] as const
  for (const [text, size] of table) expect(parseBytes(text)).toBe(size)
})

test('anything else is neither', () => {
  for (const text of [
    '',
    'k',
    '-1',
    '1.5',
    '0.0001k',
    '1e3',
    '10kk',
    '1 000',
    '10%',
    '99999999999999999',
    '1,5k',
    ' 1',
  ])
    expect(parseCount(text)).toBeUndefined()
  for (const text of ['', 'MB', '1.5B', '10X', '10m', '-1B', '0.3kiB'])
    expect(parseBytes(text)).toBeUndefined()
})

test('what is written is read back exactly', () => {
  expect([0, 999, 1_000, 1_500, 2_000_000].map(formatCount)).toEqual(['0', '999', '1k', '1500', '2M'])
  fc.assert(fc.property(fc.nat(), (count) => expect(parseCount(formatCount(count))).toBe(count)))
})
