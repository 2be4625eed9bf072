import { expect, test } from 'bun:test'
import { formatDuration, parseDuration } from './duration.ts'

test('durations are read in every unit, with fractions and combined', () => {
  const table = [
    ['200ms', 200],
    ['30s', 30_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1.5s', 1_500],
    ['.5s', 500],
    ['0s', 0],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
  ] as const
  for (const [text, durationMs] of table) expect(parseDuration(text)).toBe(durationMs)
})

test('anything else is not a duration', () => {
  for (const text of [
    '',
    '30',
    's',
    '30 s',
    '-1s',
    '1S',
    '30sec',
    '1e3s',
    '1s1s',
    '1s1m',
    '1..5s',
    'Infinitys',
    '30s ',
    '١s',
  ])
    expect(parseDuration(text)).toBeUndefined()
})

test('what is written can be read', () => {
  const written = [1, 1_500, 30_000, 300_000, 5_400_000, 172_800_000].map(formatDuration)
  expect(written).toEqual(['1ms', '1500ms', '30s', '5m', '90m', '2d'])
  expect(written.map(parseDuration)).toEqual([1, 1_500, 30_000, 300_000, 5_400_000, 172_800_000])
})
