import { defined } from '../../kit/defined.ts'
import type { NamedSeries } from '../../store/series.ts'
import type { Look } from '../finding.ts'
import type { MeasureSource } from '../sources.ts'
import { sumPoints } from '../sum-points.ts'
import { showSpan, showValue, shownName } from '../words.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type WatchOf, type Watching } from './watching.ts'

type SpikeWatch = WatchOf<'spike'>

const COST = 'cost'
const WEEK_MS = 7 * DAY_MS
/** Of one week nobody knows whether it was usual. */
const LEAST_WEEKS = 2
/** As long as there are not as many weeks, the same hour of the days before says what is usual. */
const DAYS = 7
const LEAST_DAYS = 3

/** What is spent against what was spent at the same hours of earlier weeks. */
export const spikeWatching: Watching<'spike'> = {
  everyMs: () => 5 * MINUTE_MS,
  says: ({ times, floorNanoUsd, weeks, overMs, by, when }) => {
    const each = by === undefined ? '' : ` of each ${by}`
    const which = when === undefined ? '' : `, where ${when}`
    return `cost${each} over ${showSpan(overMs)} beyond ${times} times the same hours of the last ${weeks} weeks, and ${showValue(floorNanoUsd, 'usd')}${which}`
  },
  async look(watch, { measures }, nowMs) {
    const now = await spentIn(watch, measures, { fromMs: nowMs - watch.overMs, toMs: nowMs })
    const usual = await usualSpending(watch, measures, nowMs)
    return judgeSpending(watch, now, usual)
  },
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

type Spending = ReadonlyMap<string, number>

/** What is usual, by name, in each of the times that are compared; of those with anything at all in them. */
interface Usual {
  readonly samples: readonly Spending[]
  readonly enough: boolean
}

async function spentIn(
  watch: SpikeWatch,
  measures: MeasureSource,
  { fromMs, toMs }: Span,
): Promise<Spending> {
  // Minutes are kept for two days; what is older is told by whole hours, of which one more is looked at.
  const isRecent = toMs - fromMs <= DAY_MS
  const stepMs = isRecent ? 5 * MINUTE_MS : HOUR_MS
  const answer = await measures.read({
    measure: COST,
    ...defined({ when: watch.when, by: watch.by }),
    fromMs: fromMs - (fromMs % stepMs),
    toMs,
    stepMs,
  })
  return new Map(answer.series.map((one) => [one.name, costOf(one, measures)]))
}

function costOf({ points }: NamedSeries, measures: MeasureSource): number {
  return measures.valueOf(COST, sumPoints(points.values())) ?? 0
}

/** The same hours of the weeks before, or where there are too few of those, of the days before. */
async function usualSpending(watch: SpikeWatch, measures: MeasureSource, nowMs: number): Promise<Usual> {
  const weeks = await samplesAt(watch, measures, timesBefore(nowMs, WEEK_MS, watch.weeks))
  if (weeks.length >= LEAST_WEEKS) return { samples: weeks, enough: true }
  const days = await samplesAt(watch, measures, timesBefore(nowMs, DAY_MS, DAYS))
  return { samples: days, enough: days.length >= LEAST_DAYS }
}

function timesBefore(nowMs: number, everyMs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => nowMs - (index + 1) * everyMs)
}

/** Whole hours, one more than the window has, so that no part of it is compared with less time. */
async function samplesAt(
  watch: SpikeWatch,
  measures: MeasureSource,
  times: readonly number[],
): Promise<readonly Spending[]> {
  const hours = Math.ceil(watch.overMs / HOUR_MS) + 1
  const samples: Spending[] = []
  for (const atMs of times) {
    const toMs = atMs - (atMs % HOUR_MS) + HOUR_MS
    const answer = await measures.read({
      measure: COST,
      ...defined({ when: watch.when, by: watch.by }),
      fromMs: toMs - hours * HOUR_MS,
      toMs,
      stepMs: HOUR_MS,
    })
    if (answer.series.length > 0) samples.push(busiest(answer.series, measures, watch))
  }
  return samples
}

/** The most that a window of this length can have held, by name. */
function busiest(series: readonly NamedSeries[], measures: MeasureSource, { overMs }: SpikeWatch): Spending {
  const hours = Math.max(1, Math.round(overMs / HOUR_MS))
  return new Map(
    series.map(({ name, points }) => {
      const costs = [...points.values()].map((point) => measures.valueOf(COST, point) ?? 0)
      return [
        name,
        costs
          .toSorted((one, other) => other - one)
          .slice(0, hours)
          .reduce((sum, cost) => sum + cost, 0),
      ]
    }),
  )
}

function judgeSpending(watch: SpikeWatch, now: Spending, usual: Usual): Look {
  const { times, floorNanoUsd, by } = watch
  if (!usual.enough)
    return {
      findings: [],
      stand: { text: 'still learning what is usual: two weeks, or three days, must be known', unit: 'usd' },
    }
  const spent = [...now].map(([name, cost]) => {
    const baseline = medianOf(usual.samples.map((sample) => sample.get(name) ?? 0))
    const whose = by === undefined ? '' : ` of ${by} ${shownName(name === '' ? '(none)' : name)}`
    const text = `cost${whose} is ${showValue(cost, 'usd')} over ${showSpan(watch.overMs)}, usual are ${showValue(baseline, 'usd')}`
    const key = by === undefined ? '' : `${by} ${shownName(name === '' ? '(none)' : name)}`
    return { key, cost, text, rings: cost > floorNanoUsd && cost > times * baseline }
  })
  const [most] = spent.toSorted((one, other) => other.cost - one.cost)
  return {
    findings: spent.filter(({ rings }) => rings).map(({ key, cost, text }) => ({ key, text, value: cost })),
    stand: {
      text: most?.text ?? `nothing was spent over ${showSpan(watch.overMs)}`,
      unit: 'usd',
      value: most?.cost ?? 0,
    },
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
