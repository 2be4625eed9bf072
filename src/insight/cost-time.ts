const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** Up to here hours are told, beyond it days. */
const HOURS_UPTO_MS = 2 * DAY_MS
/** Longer times are cut at their beginning: nobody reads more days in one picture. */
const MOST_DAYS = 800

/** A time that is cut into whole hours or days (UTC). */
export interface CostTime {
  readonly name: '1h' | '1d'
  readonly stepMs: number
  /** The begin of the first interval. */
  readonly fromMs: number
  readonly toMs: number
  /** The begin of each interval. */
  readonly begins: readonly number[]
  /** The place of the interval that is not over yet. */
  readonly unfinished?: number
  /** Where those end that are over. */
  readonly finishedToMs: number
  /** How far back lies what it is compared with: whole weeks, so that equal weekdays are, and no shorter than the time. */
  readonly shiftMs: number
}

/** Cuts a time for the cost explorer. */
export function cutCostTime({
  fromMs,
  toMs,
  nowMs,
}: {
  readonly fromMs: number
  readonly toMs: number
  readonly nowMs: number
}): CostTime {
  const isShort = toMs - fromMs <= HOURS_UPTO_MS
  const stepMs = isShort ? HOUR_MS : DAY_MS
  const earliestMs = Math.max(fromMs, toMs - MOST_DAYS * DAY_MS)
  const beginMs = Math.floor(earliestMs / stepMs) * stepMs
  const begins: number[] = []
  for (let atMs = beginMs; atMs < toMs; atMs += stepMs) begins.push(atMs)
  const last = begins.at(-1) ?? beginMs
  const isOpen = last + stepMs > Math.min(nowMs, toMs)
  const finishedToMs = isOpen ? last : last + stepMs
  return {
    name: isShort ? '1h' : '1d',
    stepMs,
    fromMs: beginMs,
    toMs,
    begins,
    ...(isOpen ? { unfinished: begins.length - 1 } : {}),
    finishedToMs,
    shiftMs: Math.max(1, Math.ceil((finishedToMs - beginMs) / WEEK_MS)) * WEEK_MS,
  }
}
