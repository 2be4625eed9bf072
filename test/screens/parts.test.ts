import { expect, test } from 'bun:test'
import { groupFlags, ticksOf } from '../../dashboard/src/parts/chart/model.ts'
import { linePaths } from '../../dashboard/src/parts/chart/paths.ts'
import { toCsv } from '../../dashboard/src/words/csv.ts'

test('no text of a file is a formula to a program for tables, and none leaves its cell', () => {
  const texts = ['=1+1', '+cmd', '-2', '@x', '\t=1', 'a"b', 'a,b', 'a\nb', '']
  expect(
    toCsv(
      ['name', 'n'],
      texts.map((text) => [text, -2.5]),
    ),
  ).toBe(
    [
      'name,n',
      `"'=1+1",-2.5`,
      `"'+cmd",-2.5`,
      `"'-2",-2.5`,
      `"'@x",-2.5`,
      `"'\t=1",-2.5`,
      '"a""b",-2.5',
      '"a,b",-2.5',
      '"a\nb",-2.5',
      ',-2.5',
      '',
    ].join('\r\n'),
  )
})

test('a line has a gap where nothing is known, a value alone is a dot, and the way to what is not over stands apart', () => {
  expect(linePaths([0, 10, null, 5, null, 10, 10], { top: 10, unfinished: 6 })).toEqual({
    solid: 'M0.5 100L1.5 0M3.5 50h0M5.5 0h0',
    open: 'M5.5 0L6.5 0',
    area: 'M0.5 100L1.5 0L1.5 100L0.5 100ZM3.5 50h0L3.5 100L3.5 100ZM5.5 0L6.5 0L6.5 100L5.5 100Z',
  })
})

test('ticks are round, begin at zero and reach over what stands on each other', () => {
  const bars = (...values: number[][]) =>
    ({
      kind: 'bars',
      unit: 'count',
      series: values.map((one, index) => ({ name: `${index}`, colour: '', values: one })),
    }) as const
  expect(ticksOf(bars([3, 1700], [0, 301]))).toEqual([0, 1_000, 2_000, 3_000])
  expect(ticksOf(bars([0, 1]))).toEqual([0, 1])
  expect(ticksOf(bars([0, 0]))).toEqual([0, 1])
  expect(ticksOf({ ...bars([0.011]), unit: 'share' })).toEqual([0, 0.005, 0.01, 0.015])
})

test("flags that stand in each other's way are one, and the same is said once", () => {
  const groups = groupFlags(
    [
      { at: 10, text: 'v2' },
      { at: 12, text: 'v2' },
      { at: 50, text: 'v3' },
      { at: 51, text: 'v4' },
      { at: 900, text: 'later' },
    ],
    0,
    100,
  )
  expect(groups.map(({ at, text }) => [at, text])).toEqual([
    [10, 'v2'],
    [50, '2 changes'],
  ])
})
