import { describe, expect, test } from 'bun:test'
import type { AlertWatch } from '../../exchange/alert.ts'
import type { NamedSeries, SeriesPoint } from '../../store/series.ts'
import type { AlertSources, MeasureQuestion, MeasureSource, WatchedBudget } from '../sources.ts'
import { sumPoints } from '../sum-points.ts'
import { look } from './all.ts'
import { DAY_MS, HOUR_MS } from './watching.ts'

/** A Wednesday, noon. */
const NOW_MS = Date.UTC(2026, 10, 25, 12)
const USD = 1_000_000_000

function point(more: Partial<SeriesPoint['sums']>, settled = 0n): SeriesPoint {
  const empty = sumPoints([])
  return { ...empty, sums: { ...empty.sums, ...more }, amounts: { ...empty.amounts, settled } }
}

/** Figures by the hour, by name. */
function measuresOf(series: Readonly<Record<string, ReadonlyMap<number, SeriesPoint>>>) {
  const questions: MeasureQuestion[] = []
  const measures: MeasureSource = {
    read(question) {
      questions.push(question)
      const within = Object.entries(series).map(([name, points]): NamedSeries => ({
        name,
        points: new Map([...points].filter(([atMs]) => atMs >= question.fromMs && atMs < question.toMs)),
      }))
      return Promise.resolve({ series: within.filter(({ points }) => points.size > 0) })
    },
    valueOf: (measure, { sums, amounts }) => {
      if (measure === 'cost') return Number(amounts.settled)
      return sums.requests === 0 ? undefined : sums.providerErrors / sums.requests
    },
    countOf: (_measure, { sums }) => sums.requests,
    unitOf: (measure) => (measure === 'cost' ? 'usd' : 'share'),
  }
  return { measures, questions }
}

function sources(parts: Partial<AlertSources>): AlertSources {
  return {
    measures: measuresOf({}).measures,
    budgets: () => Promise.resolve([]),
    resting: () => [],
    unusedKeys: () => Promise.resolve({ names: [], count: 0 }),
    troubles: () => [],
    drills: () => Promise.resolve([]),
    isConfigRefused: () => false,
    ...parts,
  }
}

const keysOf = async (watch: AlertWatch, parts: Partial<AlertSources>): Promise<readonly string[]> =>
  (await look(watch, sources(parts), NOW_MS)).findings.map(({ key }) => key)

describe('a threshold', () => {
  const watch: AlertWatch = {
    on: 'measure',
    measure: 'error_rate',
    by: 'route',
    side: 'above',
    bound: 0.05,
    unit: 'share',
    overMs: HOUR_MS,
    atLeast: 20,
    scans: false,
  }
  const at = NOW_MS - HOUR_MS / 2

  test('rings for each name that is beyond its bound, of as many requests as it wants', async () => {
    const { measures } = measuresOf({
      support: new Map([[at, point({ requests: 100, providerErrors: 6 })]]),
      small: new Map([[at, point({ requests: 19, providerErrors: 19 })]]),
      fine: new Map([[at, point({ requests: 100, providerErrors: 5 })]]),
    })
    expect(await keysOf(watch, { measures })).toEqual(['route support'])
  })

  test('sums what came within its time, and nothing before', async () => {
    const { measures } = measuresOf({
      support: new Map([
        [NOW_MS - 2 * HOUR_MS, point({ requests: 1_000, providerErrors: 1_000 })],
        [at, point({ requests: 50, providerErrors: 2 })],
        [at + 60_000, point({ requests: 50, providerErrors: 2 })],
      ]),
    })
    const { findings, stand } = await look(watch, sources({ measures }), NOW_MS)
    expect(findings).toEqual([])
    expect(stand).toMatchObject({ value: 0.04, unit: 'share' })
  })
})

describe('a spend spike', () => {
  const watch: AlertWatch = {
    on: 'spike',
    times: 3,
    floorNanoUsd: USD,
    weeks: 4,
    overMs: HOUR_MS,
    scans: false,
  }
  const costs = (...amounts: readonly (readonly [atMs: number, usd: number])[]) => ({
    '': new Map(amounts.map(([atMs, usd]) => [atMs, point({ requests: 1 }, BigInt(Math.round(usd * USD)))])),
  })
  const WEEK_MS = 7 * DAY_MS
  const usual = [1, 2, 3, 4].map((week) => [NOW_MS - week * WEEK_MS, week === 2 ? 90 : 2] as const)

  test('is held against the median of the same hours, which one bad week does not move', async () => {
    const calm = measuresOf(costs(...usual, [NOW_MS - HOUR_MS / 2, 5.9]))
    expect(await keysOf(watch, calm)).toEqual([])
    const spike = measuresOf(costs(...usual, [NOW_MS - HOUR_MS / 2, 6.1]))
    expect(await keysOf(watch, spike)).toEqual([''])
  })

  test('does not ring for cents, nor while nobody knows what is usual', async () => {
    const cents = usual.map(([atMs]) => [atMs, 0.01] as const)
    expect(await keysOf(watch, measuresOf(costs(...cents, [NOW_MS - HOUR_MS / 2, 0.99])))).toEqual([])
    const { findings, stand } = await look(
      watch,
      sources(measuresOf(costs([NOW_MS - HOUR_MS / 2, 500]))),
      NOW_MS,
    )
    expect(findings).toEqual([])
    expect(stand.text).toContain('still learning')
  })

  test('of the first weeks is held against the days before', async () => {
    const days = [1, 2, 3].map((day) => [NOW_MS - day * DAY_MS, 2] as const)
    expect(await keysOf(watch, measuresOf(costs(...days, [NOW_MS - HOUR_MS / 2, 7])))).toEqual([''])
  })

  test('looks at a few hours of each week, and at no more', async () => {
    const { measures, questions } = measuresOf(costs(...usual))
    await look(watch, sources({ measures }), NOW_MS)
    const hours = questions.reduce((sum, { fromMs, toMs }) => sum + (toMs - fromMs) / HOUR_MS, 0)
    expect(hours).toBeLessThan(24)
  })
})

describe('a budget', () => {
  const budget = (share: number, perDay: number, endsAtMs = NOW_MS + 5 * DAY_MS): WatchedBudget => ({
    key: 'project/support',
    title: 'month budget of project support',
    limitNanoUsd: 100 * USD,
    share,
    endsAtMs,
    spentSince: () => Promise.resolve(perDay * USD),
  })

  test('rings from its share on', async () => {
    const at = (share: number) =>
      keysOf({ on: 'budget', share: 0.8 }, { budgets: () => Promise.resolve([budget(share, 0)]) })
    expect(await at(0.79)).toEqual([])
    expect(await at(0.8)).toEqual(['project/support'])
  })

  test('that will not last is told with the moment at which it ends', async () => {
    const watch: AlertWatch = { on: 'forecast', overMs: DAY_MS }
    const told = async (one: WatchedBudget) =>
      (await look(watch, sources({ budgets: () => Promise.resolve([one]) }), NOW_MS)).findings.map(
        ({ text }) => text,
      )
    expect(await told(budget(0.5, 10))).toEqual([])
    expect(await told(budget(0.5, 25))).toEqual([
      'the month budget of project support is used up at 2026-11-27 12:00 UTC, 72 h before its period ends',
    ])
    // What never ends cannot be used up before its end.
    expect(await told(budget(0.5, 25, Number.POSITIVE_INFINITY))).toEqual([])
  })
})
