import { expect, test } from 'bun:test'
import { SERIES_SUMS, type SeriesPoint } from '../store/series.ts'
import { whatChanged } from './what-changed.ts'

type Sums = Partial<SeriesPoint['sums']>

function point(sums: Sums): SeriesPoint {
  const zero = Object.fromEntries(SERIES_SUMS.map((sum) => [sum, 0]))
  return {
    sums: { ...zero, ...sums } as SeriesPoint['sums'],
    amounts: { settled: 0n, estimated: 0n, simulated: 0n },
    durations: new Map(),
    firstEvents: new Map(),
  }
}

const series = (name: string, points: readonly (readonly [number, Sums])[]) => ({
  name,
  points: new Map(points.map(([at, sums]) => [at, point(sums)])),
})

const calls = (attempts: number, failedAttempts: number): Sums => ({ attempts, failedAttempts })

test('intervals in which a provider failed are one incident until it is quiet; a few failures are none', () => {
  const found = whatChanged({
    providers: [
      series('a', [
        [10, calls(10, 5)],
        [20, calls(10, 9)],
        [40, calls(10, 4)],
        [60, calls(100, 1)],
        [90, calls(10, 10)],
      ]),
      series('b', [[10, calls(4, 4)]]),
      series('', [[10, calls(40, 40)]]),
    ],
    outcomes: [],
    targets: [],
    before: undefined,
    stepMs: 10,
    nowMs: 95,
  })
  expect(found).toEqual([
    { kind: 'incident', atMs: 90, provider: 'a', failed: 10, calls: 10 },
    { kind: 'incident', atMs: 10, untilMs: 50, provider: 'a', failed: 18, calls: 30 },
  ])
})

test('what was not there before is new, and nothing is where nothing was before', () => {
  const compared = {
    providers: [],
    outcomes: [
      series('ok', [[10, { requests: 3 }]]),
      series('context-overflow', [
        [30, { requests: 2 }],
        [20, { requests: 1 }],
      ]),
      series('upstream-timeout', [[10, { requests: 1 }]]),
    ],
    targets: [series('a/new', [[10, calls(2, 0)]]), series('a/old', [[10, calls(2, 0)]])],
    stepMs: 10,
    nowMs: 100,
  }
  const before = { outcomes: new Set(['upstream-timeout']), targets: new Set(['a/old']) }
  expect(whatChanged({ ...compared, before })).toEqual([
    { kind: 'new-outcome', atMs: 20, outcome: 'context-overflow', requests: 3 },
    { kind: 'new-target', atMs: 10, target: 'a/new', calls: 2 },
  ])
  expect(whatChanged({ ...compared, before: undefined })).toEqual([])
})
