import { LIMITS } from '../kit/limits.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** The lengths of intervals by their names, and up to which length of time they are chosen. */
const STEPS = [
  { name: '1m', ms: MINUTE_MS, uptoMs: 3 * HOUR_MS },
  { name: '5m', ms: 5 * MINUTE_MS, uptoMs: 12 * HOUR_MS },
  { name: '15m', ms: 15 * MINUTE_MS, uptoMs: 36 * HOUR_MS },
  { name: '1h', ms: HOUR_MS, uptoMs: 15 * DAY_MS },
  { name: '3h', ms: 3 * HOUR_MS, uptoMs: 35 * DAY_MS },
  { name: '6h', ms: 6 * HOUR_MS, uptoMs: 70 * DAY_MS },
  { name: '1d', ms: DAY_MS, uptoMs: Number.POSITIVE_INFINITY },
] as const

export const STEP_NAMES = STEPS.map(({ name }) => name)

export type StepName = (typeof STEPS)[number]['name']

/** A time that is cut into intervals. */
export interface Steps {
  readonly name: StepName
  readonly stepMs: number
  /** The begin of the first interval, and the end of the time. */
  readonly fromMs: number
  readonly toMs: number
}

/** Why a time cannot be cut so. */
export interface NoSteps {
  readonly problem: string
  readonly hint: string
}

/**
 * Cuts a time into intervals that begin with whole minutes, hours and days (UTC): as asked for, or as many as a chart can show. The
 * first begins no later than the time does.
 */
export function cutIntoSteps(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  asked: StepName | undefined,
  nowMs: number,
): Steps | NoSteps {
  if (toMs <= fromMs)
    return { problem: 'The time ends before it begins.', hint: 'Let `from` be before `to`.' }
  const usable = STEPS.filter(
    ({ ms }) => isKept(ms, fromMs, nowMs) && countOf(ms, fromMs, toMs) <= LIMITS.seriesIntervals,
  )
  const [shortest] = usable
  if (shortest === undefined)
    return {
      problem: 'The time is too long for one chart.',
      hint: `It may have ${LIMITS.seriesIntervals} days.`,
    }
  const fitting = usable.find(({ uptoMs }) => toMs - fromMs <= uptoMs) ?? shortest
  const step = asked === undefined ? fitting : usable.find(({ name }) => name === asked)
  if (step === undefined)
    return {
      problem: `Intervals of ${asked} are too many, or not kept for as long.`,
      hint: `The shortest here are of ${shortest.name}.`,
    }
  return {
    name: step.name,
    stepMs: step.ms,
    fromMs: fromMs - (((fromMs % step.ms) + step.ms) % step.ms),
    toMs,
  }
}

function countOf(stepMs: number, fromMs: number, toMs: number): number {
  return Math.ceil((toMs - fromMs) / stepMs) + 1
}

/** Are the sums that an interval is made of still there at the begin of the time? */
function isKept(stepMs: number, fromMs: number, nowMs: number): boolean {
  const ageMs = nowMs - fromMs
  if (stepMs < HOUR_MS) return ageMs <= LIMITS.seriesMinutesMs
  return stepMs >= DAY_MS || ageMs <= LIMITS.seriesHoursMs
}
