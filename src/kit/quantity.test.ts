import { expect, test } from 'bun:test'
import { parseCount } from './quantity.ts'

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

test('anything else is none', () => {
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
})
