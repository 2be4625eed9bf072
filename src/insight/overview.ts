import { failuresNamed } from '../exchange/failure-kinds.ts'
import type { NanoUsd } from '../kit/money.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ConfigVersion } from '../store/releases.ts'
import type { NamedSeries, SeriesAnswer, SeriesDimension, SeriesPoint, SeriesStore } from '../store/series.ts'
import { mergePoints } from './merge-points.ts'
import { valueIn, type SeriesMeasure } from './series-measures.ts'
import type { Steps } from './series-steps.ts'
import { whatChanged, type Changed, type Compared } from './what-changed.ts'

/** Figures of an overview. */
export const FIGURES = [
  'requests',
  'error_rate',
  'cost',
  'estimated_cost',
  'simulated_cost',
  'unpriced',
  'duration_p95',
  'ttft_p95',
  'fallback_rate',
  'cache_hit_rate',
  'cache_saved',
] as const satisfies readonly SeriesMeasure[]

type Value = number | NanoUsd | null

/** A figure of a time. */
export interface OverviewFigure {
  readonly measure: (typeof FIGURES)[number]
  readonly value: Value
  /** Without the interval that is not over: what is compared with `before`. */
  readonly finished: Value
  /** The same of as many equal weekdays before; null where nothing was. */
  readonly before: Value
  readonly values: readonly Value[]
}

/** What came of one name in all of a time. */
export interface NamedWhole {
  readonly name: string
  readonly whole: SeriesPoint | undefined
}

/** How a time was, and what was otherwise than before. */
export interface Overview {
  readonly begins: readonly number[]
  readonly unfinished: number | undefined
  readonly before: { readonly fromMs: number; readonly toMs: number }
  readonly figures: readonly OverviewFigure[]
  readonly all: ReadonlyMap<number, SeriesPoint>
  /** By name, those with the most calls first. */
  readonly targets: readonly NamedSeries[]
  readonly otherTargets: number
  readonly providers: readonly NamedWhole[]
  readonly routes: readonly NamedWhole[]
  readonly changed: readonly Changed[]
  /** Requests that ended because a time was over, by how they ended. */
  readonly timedOut: readonly { readonly outcome: string; readonly requests: number }[]
  /** Since when the sums hold everything, where older rows are still to be summed. */
  readonly completeFromMs: number | undefined
}

const WEEK_MS = 604_800_000

/** Reads all that an overview of a time tells, by the sums that are kept. */
export async function readOverview(
  { series, versions }: { readonly series: SeriesStore; readonly versions: readonly ConfigVersion[] },
  steps: Steps & { readonly nowMs: number },
): Promise<Overview> {
  const { fromMs, toMs, stepMs, nowMs } = steps
  const backMs = Math.ceil((toMs - fromMs) / WEEK_MS) * WEEK_MS
  const now = { fromMs, toMs }
  const before = { fromMs: fromMs - backMs, toMs: toMs - backMs }
  const read = (span: Span, by?: SeriesDimension): Promise<SeriesAnswer> =>
    readSeries(series, { ...span, stepMs: stepIn(span, stepMs, nowMs) }, by)
  const lastWeek = { fromMs: fromMs - backMs, toMs: fromMs }
  const [all, targets, providers, routes, outcomes, allBefore, targetsBefore, outcomesBefore] =
    await Promise.all([
      read(now),
      read(now, 'target'),
      read(now, 'provider'),
      read(now, 'route'),
      read(now, 'outcome'),
      read(before),
      read(lastWeek, 'target'),
      read(lastWeek, 'outcome'),
    ])
  const begins: number[] = []
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) begins.push(atMs)
  const unfinished = fromMs + begins.length * stepMs > Math.min(nowMs, toMs) ? begins.length - 1 : undefined
  const points = pointsOf(all)
  const endMs = begins[unfinished ?? begins.length] ?? toMs
  const common = wholeSteps({ fromMs, toMs: endMs }, stepIn(before, stepMs, nowMs))
  const commonBefore = { fromMs: common.fromMs - backMs, toMs: common.toMs - backMs }
  const [finished, wholeBefore] = [within(points, common), within(pointsOf(allBefore), commonBefore)]
  return {
    begins,
    unfinished,
    before,
    figures: FIGURES.map((measure) => ({
      measure,
      value: valueIn(measure, mergePoints(points.values())),
      finished: finished === undefined ? null : valueIn(measure, finished),
      // Where nothing was there is nothing to compare with, be it counted or measured.
      before: wholeBefore === undefined ? null : valueIn(measure, wholeBefore),
      values: begins.map((atMs) => valueIn(measure, points.get(atMs))),
    })),
    all: points,
    targets: targets.series,
    otherTargets: targets.others,
    providers: wholesOf(providers),
    routes: wholesOf(routes),
    changed: whatChanged({
      providers: providers.series,
      outcomes: outcomes.series,
      targets: targets.series,
      before: namesBefore(targetsBefore, outcomesBefore),
      versions: versions.filter(({ atMs }) => atMs >= fromMs && atMs < toMs),
      stepMs,
      nowMs,
    }).slice(0, LIMITS.overviewChanges),
    timedOut: timedOutOf(outcomes),
    completeFromMs: all.completeFromMs,
  }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Short intervals are not kept for long: what is further back is asked for in longer ones. */
function stepIn({ fromMs }: Span, stepMs: number, nowMs: number): number {
  if (nowMs - fromMs > LIMITS.seriesHoursMs) return Math.max(stepMs, DAY_MS)
  return nowMs - fromMs > LIMITS.seriesMinutesMs ? Math.max(stepMs, HOUR_MS) : stepMs
}

/** The whole intervals of a time. */
function wholeSteps({ fromMs, toMs }: Span, stepMs: number): Span {
  return { fromMs: Math.ceil(fromMs / stepMs) * stepMs, toMs: Math.floor(toMs / stepMs) * stepMs }
}

function readSeries(
  series: SeriesStore,
  { fromMs, toMs, stepMs }: Span & { readonly stepMs: number },
  by?: SeriesDimension,
): Promise<SeriesAnswer> {
  return series.read({
    filter: { conditions: [] },
    ...(by !== undefined && { by }),
    fromMs: fromMs - (((fromMs % stepMs) + stepMs) % stepMs),
    toMs,
    stepMs,
    names: LIMITS.seriesShown,
    attempts: by !== 'outcome',
    times: by === undefined || by === 'provider' || by === 'route',
  })
}

/** A provider took too long, or all of it did. */
const TIMED_OUT: ReadonlySet<string> = new Set([...failuresNamed('timeout'), 'deadline-exceeded'])

function timedOutOf(outcomes: SeriesAnswer): Overview['timedOut'] {
  return wholesOf(outcomes)
    .filter(({ name, whole }) => TIMED_OUT.has(name) && whole !== undefined)
    .map(({ name, whole }) => ({ outcome: name, requests: whole?.sums.requests ?? 0 }))
}

function wholesOf({ series }: SeriesAnswer): readonly NamedWhole[] {
  return series.map(({ name, points }) => ({ name, whole: mergePoints(points.values()) }))
}

/** Nothing was before where no target was called. */
function namesBefore(targets: SeriesAnswer, outcomes: SeriesAnswer): Compared['before'] {
  return targets.series.length === 0 ? undefined : { outcomes: namesOf(outcomes), targets: namesOf(targets) }
}

function namesOf({ series }: SeriesAnswer): ReadonlySet<string> {
  return new Set(series.map(({ name }) => name))
}

function pointsOf({ series: [all] }: SeriesAnswer): ReadonlyMap<number, SeriesPoint> {
  return all?.points ?? new Map<number, SeriesPoint>()
}

function within(points: ReadonlyMap<number, SeriesPoint>, { fromMs, toMs }: Span): SeriesPoint | undefined {
  return mergePoints([...points].flatMap(([atMs, point]) => (atMs >= fromMs && atMs < toMs ? [point] : [])))
}
