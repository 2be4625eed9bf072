import { defined } from '../../kit/defined.ts'
import type { SeriesPoint } from '../../store/series.ts'
import type { Finding, Look } from '../finding.ts'
import type { MeasureAnswer, MeasureSource } from '../sources.ts'
import { sumPoints } from '../sum-points.ts'
import { showSpan, showValue, shownName } from '../words.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, type WatchOf, type Watching } from './watching.ts'

type MeasureWatch = WatchOf<'measure'>

/** A measure of charts against a bound. */
export const measureWatching: Watching<'measure'> = {
  everyMs: ({ overMs, scans }) => (scans || overMs > HOUR_MS ? 5 * MINUTE_MS : MINUTE_MS),
  says: sayMeasure,
  async look(watch, { measures }, nowMs) {
    const stepMs = stepOf(watch.overMs)
    const answer = await measures.read({
      ...asked(watch),
      fromMs: begin(nowMs, watch, stepMs),
      toMs: nowMs,
      stepMs,
    })
    return judgeAnswer(watch, measures, answer)
  },
}

function asked({ measure, when, by }: MeasureWatch) {
  return { measure, ...defined({ when, by }) }
}

/** The length of the intervals that a window is summed of: a sum of minutes is kept for two days, one of hours for longer. */
function stepOf(overMs: number): number {
  if (overMs <= HOUR_MS) return MINUTE_MS
  if (overMs <= DAY_MS) return 5 * MINUTE_MS
  return HOUR_MS
}

function begin(nowMs: number, { overMs }: MeasureWatch, stepMs: number): number {
  const fromMs = nowMs - overMs
  return fromMs - (fromMs % stepMs)
}

function judgeAnswer(watch: MeasureWatch, measures: MeasureSource, answer: MeasureAnswer): Look {
  const values = answer.series.map(({ name, points }) => ({ name, point: sumPoints(points.values()) }))
  // Where nothing happened nothing is kept, and a count of nothing is still a count.
  const all = watch.by === undefined && values.length === 0 ? [{ name: '', point: sumPoints([]) }] : values
  return judgePoints(watch, measures, { points: all, ...defined({ lookedBackToMs: answer.lookedBackToMs }) })
}

interface Judged {
  readonly points: readonly { readonly name: string; readonly point: SeriesPoint }[]
  readonly lookedBackToMs?: number
}

/** Holds the figures of a window against the bound. */
function judgePoints(watch: MeasureWatch, measures: MeasureSource, { points, lookedBackToMs }: Judged): Look {
  const known = points.flatMap(({ name, point }) => {
    const value = measures.valueOf(watch.measure, point)
    if (value === undefined || measures.countOf(watch.measure, point) < watch.atLeast) return []
    return [{ name, value }]
  })
  const findings = known
    .filter(({ value }) => isBeyond(value, watch))
    .map(({ name, value }): Finding => ({ key: keyOf(name, watch), value, text: tell(name, value, watch) }))
  const worst = known.toSorted((one, other) =>
    watch.side === 'above' ? other.value - one.value : one.value - other.value,
  )[0]
  const text =
    worst === undefined
      ? `nothing to tell: fewer than ${Math.max(1, watch.atLeast)} over ${showSpan(watch.overMs)}`
      : tell(worst.name, worst.value, watch)
  return {
    findings,
    stand: { text, unit: watch.unit, ...defined({ value: worst?.value, lookedBackToMs }) },
  }
}

function isBeyond(value: number, { side, bound }: MeasureWatch): boolean {
  return side === 'above' ? value > bound : value < bound
}

function keyOf(name: string, { by }: MeasureWatch): string {
  return by === undefined ? '' : `${by} ${shownName(name === '' ? '(none)' : name)}`
}

function tell(name: string, value: number, watch: MeasureWatch): string {
  const whose = watch.by === undefined ? '' : ` of ${keyOf(name, watch)}`
  return `${watch.measure}${whose} is ${showValue(value, watch.unit)} over ${showSpan(watch.overMs)}, the bound ${showValue(watch.bound, watch.unit)}`
}

function sayMeasure(watch: MeasureWatch): string {
  const { measure, side, bound, unit, overMs, by, atLeast, when } = watch
  const each = by === undefined ? '' : ` of each ${by}`
  const least = atLeast > 1 ? `, of ${atLeast} at least` : ''
  const which = when === undefined ? '' : `, where ${when}`
  return `${measure}${each} ${side} ${showValue(bound, unit)} over ${showSpan(overMs)}${least}${which}`
}
