import type { AlertRule } from '../exchange/alert.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { AlertRow } from '../store/alerts.ts'
import type { NamedSeries, SeriesPoint } from '../store/series.ts'
import { advance } from './advance.ts'
import { look } from './kinds/all.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type WatchOf } from './kinds/watching.ts'
import type { AlertSources, MeasureAnswer, MeasureQuestion, MeasureSource } from './sources.ts'

const FINE_MS = 5 * MINUTE_MS
/** Sums of minutes are kept for two days. */
const FINE_FOR_MS = LIMITS.seriesMinutesMs - HOUR_MS
const WEEK_MS = 7 * DAY_MS

/** An alert that a rule would have brought. */
export interface PastAlert {
  readonly key: string
  readonly firedAtMs: number
  /** Absent: it would ring still. */
  readonly resolvedAtMs?: number
  readonly text: string
  readonly value?: number
}

/** What a rule would have done. */
export interface AlertPreview {
  readonly fromMs: number
  readonly toMs: number
  /** How often it would have rung. */
  readonly fired: number
  /** The latest of those, the newest first. */
  readonly alerts: readonly PastAlert[]
  /** Since when it was looked at by minutes; what is older is told by whole hours. */
  readonly fineFromMs: number
  /** Requests before were not looked at, because there were too many. */
  readonly lookedBackToMs?: number
}

/** What a rule watches is not kept over time. */
export interface NoPreview {
  readonly why: string
}

export interface PreviewNeeds {
  readonly measures: MeasureSource
  readonly clock: Pick<Clock, 'nowMs' | 'afterTurn'>
}

/** Goes through the days with a rule as if it had been there, in steps between which others are served. */
export async function previewRule(
  rule: AlertRule,
  days: number,
  { measures, clock }: PreviewNeeds,
): Promise<AlertPreview | NoPreview> {
  const { watch } = rule
  if (watch.on !== 'measure' && watch.on !== 'spike')
    return {
      why: 'What this kind watches is not kept over time, so that nobody knows what it would have done.',
    }
  const nowMs = clock.nowMs()
  const toMs = nowMs - (nowMs % FINE_MS)
  const span: Span = { fromMs: toMs - (toMs % HOUR_MS) - days * DAY_MS, toMs, scans: watch.scans }
  const history = await readHistory(watch, span, measures)
  const past = new PastAlerts()
  const open = new Map<string, AlertRow>()
  for (const atMs of timesOf(span)) {
    const stepMs = stepAt(atMs, span)
    const seen = await look(watch, sourcesOf(history), atMs)
    const terms = {
      ...rule,
      forMs: rule.forMs < stepMs ? 0 : rule.forMs,
      resolveAfterMs: rule.resolveAfterMs < stepMs ? 0 : rule.resolveAfterMs,
    }
    const steps = advance(terms, { open, findings: seen.findings, nowMs: atMs, mintId: () => '' })
    for (const { change, row } of steps) {
      if (change === 'forgotten' || change === 'resolved') open.delete(row.key)
      else open.set(row.key, row)
      if (change === 'resolved') past.add(row)
    }
    await new Promise<void>((resolve) => clock.afterTurn(resolve))
  }
  for (const row of open.values()) if (row.phase === 'firing') past.add(row)
  return {
    fromMs: span.fromMs,
    toMs,
    ...past.told(),
    fineFromMs: fineFrom(span),
    ...defined({ lookedBackToMs: history.lookedBackToMs }),
  }
}

interface Span {
  readonly fromMs: number
  readonly toMs: number
  /** Requests themselves are looked at, so that all of it is told by minutes. */
  readonly scans: boolean
}

function fineFrom({ fromMs, toMs, scans }: Span): number {
  const fineMs = toMs - (toMs % HOUR_MS) - FINE_FOR_MS + HOUR_MS
  return scans ? fromMs : Math.max(fromMs, fineMs)
}

function stepAt(atMs: number, span: Span): number {
  return atMs <= fineFrom(span) ? HOUR_MS : FINE_MS
}

function* timesOf(span: Span): Iterable<number> {
  const fineMs = fineFrom(span)
  for (let atMs = span.fromMs + HOUR_MS; atMs < fineMs; atMs += HOUR_MS) yield atMs
  for (let atMs = Math.max(fineMs, span.fromMs + FINE_MS); atMs <= span.toMs; atMs += FINE_MS) yield atMs
}

/** The figures of all those days, read once. */
async function readHistory(watch: KeptWatch, span: Span, measures: MeasureSource): Promise<History> {
  const measure = watch.on === 'measure' ? watch.measure : 'cost'
  const asked = { measure, ...defined({ when: watch.when, by: watch.by }), toMs: span.toMs }
  // A spike is held against weeks before, a window begins before the first look.
  const beforeMs = watch.on === 'spike' ? watch.weeks * WEEK_MS + DAY_MS : Math.max(watch.overMs, HOUR_MS)
  const startMs = span.fromMs - beforeMs
  const fromMs = startMs - (startMs % HOUR_MS)
  const fineMs = fineFrom(span)
  const hours = span.scans ? undefined : await measures.read({ ...asked, fromMs, stepMs: HOUR_MS })
  const fineStartMs = span.scans ? fromMs : fineMs - HOUR_MS
  const fine = await measures.read({ ...asked, fromMs: fineStartMs, stepMs: FINE_MS })
  return new History(measures, { hours: hours?.series ?? [], fine, fineFromMs: fineStartMs })
}

type KeptWatch = WatchOf<'measure'> | WatchOf<'spike'>

interface ReadHistory {
  readonly hours: readonly NamedSeries[]
  readonly fine: MeasureAnswer
  /** Since when it is known by minutes. */
  readonly fineFromMs: number
}

/** Figures that were read, as whoever looks at things asks for them. */
class History implements MeasureSource {
  readonly lookedBackToMs: number | undefined
  readonly #measures: MeasureSource
  readonly #hours: readonly NamedSeries[]
  readonly #fine: readonly NamedSeries[]
  readonly #fineFromMs: number

  constructor(measures: MeasureSource, { hours, fine, fineFromMs }: ReadHistory) {
    this.#measures = measures
    this.#hours = hours
    this.#fine = fine.series
    this.#fineFromMs = fineFromMs
    this.lookedBackToMs = fine.lookedBackToMs
  }

  async read({ fromMs, toMs }: MeasureQuestion): Promise<MeasureAnswer> {
    if (fromMs >= this.#fineFromMs) return { series: slice(this.#fine, fromMs - (fromMs % FINE_MS), toMs) }
    // Of an hour nobody knows in which of its minutes something was.
    const beginMs = Math.min(fromMs, toMs - HOUR_MS)
    return { series: slice(this.#hours, beginMs - (beginMs % HOUR_MS), toMs) }
  }

  valueOf(measure: string, point: SeriesPoint): number | undefined {
    return this.#measures.valueOf(measure, point)
  }

  countOf(measure: string, point: SeriesPoint): number {
    return this.#measures.countOf(measure, point)
  }

  unitOf(measure: string) {
    return this.#measures.unitOf(measure)
  }
}

function slice(series: readonly NamedSeries[], fromMs: number, toMs: number): readonly NamedSeries[] {
  return series.flatMap(({ name, points }) => {
    const within = new Map([...points].filter(([atMs]) => atMs >= fromMs && atMs < toMs))
    return within.size === 0 ? [] : [{ name, points: within }]
  })
}

function nothing(): never {
  throw new Error('what is watched is not kept over time')
}

function sourcesOf(measures: MeasureSource): AlertSources {
  return {
    measures,
    budgets: nothing,
    resting: nothing,
    unusedKeys: nothing,
    troubles: nothing,
    drills: nothing,
    isConfigRefused: nothing,
  }
}

/** The latest of the alerts that would have been, and how many there would have been. */
class PastAlerts {
  readonly #alerts: PastAlert[] = []

  add({ key, firedAtMs = 0, resolvedAtMs, text, value }: AlertRow): void {
    this.#alerts.push({ key, firedAtMs, text, ...defined({ resolvedAtMs, value }) })
  }

  told(): Pick<AlertPreview, 'fired' | 'alerts'> {
    const newestFirst = this.#alerts.toSorted((one, other) => other.firedAtMs - one.firedAtMs)
    return { fired: newestFirst.length, alerts: newestFirst.slice(0, LIMITS.alertPreviewed) }
  }
}
