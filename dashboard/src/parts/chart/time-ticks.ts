import type { TimeWords } from '../../words/times.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 20_160, 40_320].map(
  (minutes) => minutes * MINUTE_MS,
)
const MOST = 8

/** A word under a chart. */
export interface TimeTick {
  /** From the begin of the time to its end, 0 to 1. */
  readonly part: number
  readonly text: string
}

/** Whole hours or days, at most eight. */
export function timeTicks(fromMs: number, toMs: number, times: TimeWords): readonly TimeTick[] {
  const lengthMs = toMs - fromMs
  const stepMs = STEPS.find((step) => lengthMs / step <= MOST) ?? Math.ceil(lengthMs / MOST / DAY_MS) * DAY_MS
  const ticks: TimeTick[] = []
  for (let at = fromMs - times.sinceMidnight(fromMs); at < toMs; at += stepMs) {
    if (at < fromMs) continue
    const isDay = times.sinceMidnight(at) === 0
    ticks.push({ part: (at - fromMs) / lengthMs, text: isDay ? times.day(at) : times.clock(at) })
  }
  return ticks
}
