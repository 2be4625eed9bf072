import { defined } from '../kit/defined.ts'
import type { NanoUsd } from '../kit/money.ts'

/** What was spent in one interval that is over. */
export interface SpentInterval {
  readonly atMs: number
  readonly nanoUsd: NanoUsd
}

/** What a forecast is made from. */
export interface ForecastQuestion {
  /** Intervals that are over, one after the other; one in which nothing was spent may be missing. */
  readonly past: readonly SpentInterval[]
  /** Length of an interval: an hour or a day. */
  readonly stepMs: number
  /** How many intervals make a season: 24 hours, or 7 days. */
  readonly season: number
  readonly nowMs: number
  /** Until when. */
  readonly toMs: number
  /** What is spent at `nowMs` of what is counted. */
  readonly spentNanoUsd: NanoUsd
  /** What there is to spend; absent: there is no end to it. */
  readonly limitNanoUsd?: NanoUsd
}

/** One moment of a forecast: what will be spent by then. Ten of a hundred times it is below `low`, ten above `high`. */
export interface ForecastPoint {
  readonly atMs: number
  readonly expectedNanoUsd: NanoUsd
  readonly lowNanoUsd: NanoUsd
  readonly highNanoUsd: NanoUsd
}

export interface Forecast {
  /** From now to the end, by the ends of intervals. None of them ever falls. */
  readonly points: readonly ForecastPoint[]
  /** When the limit is reached, as expected, and at the earliest that is likely. Absent: not before the end. */
  readonly exhaustedAtMs?: number
  readonly earliestMs?: number
  /** Intervals that it is founded on. */
  readonly intervals: number
}

/** Fewer intervals tell nothing. */
const LEAST_INTERVALS = 3
/** Older intervals weigh less: half as much after so many seasons. */
const HALF_LIFE_SEASONS = 2
/** 80 % of a normal distribution lie within so many deviations. */
const Z80 = 1.2816
/** Most points: a year of days, or five weeks of hours. */
const MOST_POINTS = 850

/**
 * Tells how much will be spent: each interval to come as the same place of the season was on average,
 * the older ones less. The range comes from how far past intervals were from what this would have told of them.
 * Undefined where too little is known. Pure: equal questions give equal answers.
 */
export function forecast(question: ForecastQuestion): Forecast | undefined {
  const { stepMs, nowMs, toMs, spentNanoUsd, limitNanoUsd } = question
  const known = complete(question)
  if (known.length < LEAST_INTERVALS) return undefined
  const profile = profileOf(known, question)
  const points: ForecastPoint[] = []
  let mean = 0
  let variance = 0
  for (let atMs = nowMs; atMs < toMs && points.length < MOST_POINTS;) {
    const endMs = Math.min(toMs, nextBoundary(atMs, stepMs))
    const share = (endMs - atMs) / stepMs
    const one = profile.at(Math.floor(atMs / stepMs))
    mean += one.mean * share
    // A part of an interval varies by its part.
    variance += one.variance * share
    const reach = Z80 * Math.sqrt(variance)
    points.push({
      atMs: endMs,
      expectedNanoUsd: spentNanoUsd + toNano(mean),
      lowNanoUsd: spentNanoUsd + toNano(Math.max(0, mean - reach)),
      highNanoUsd: spentNanoUsd + toNano(mean + reach),
    })
    atMs = endMs
  }
  const rising = neverFalling(points)
  return {
    points: rising,
    intervals: known.length,
    ...reached(rising, { nowMs, spentNanoUsd, limitNanoUsd }),
  }
}

function nextBoundary(atMs: number, stepMs: number): number {
  return (Math.floor(atMs / stepMs) + 1) * stepMs
}

function toNano(amount: number): NanoUsd {
  return BigInt(Math.round(amount))
}

/** The past without gaps, oldest first, from the first interval in which anything was spent. */
function complete({ past, stepMs, nowMs }: ForecastQuestion): readonly { place: number; amount: number }[] {
  const amounts = new Map<number, number>()
  for (const { atMs, nanoUsd } of past) {
    const place = Math.floor(atMs / stepMs)
    if ((place + 1) * stepMs <= nowMs) amounts.set(place, (amounts.get(place) ?? 0) + Number(nanoUsd))
  }
  const first = Math.min(...amounts.keys())
  const last = Math.floor(nowMs / stepMs) - 1
  const known: { place: number; amount: number }[] = []
  if (!Number.isFinite(first)) return known
  for (let place = Math.max(first, last - MOST_POINTS); place <= last; place += 1)
    known.push({ place, amount: amounts.get(place) ?? 0 })
  return known
}

interface Profile {
  at(place: number): { readonly mean: number; readonly variance: number }
}

/** Mean and variance of each place of a season. Where there is less than one whole season, all places are alike. */
function profileOf(
  known: readonly { readonly place: number; readonly amount: number }[],
  { season }: ForecastQuestion,
): Profile {
  const last = known.at(-1)?.place ?? 0
  const places = known.length >= 2 * season ? season : 1
  const sums = Array.from({ length: places }, () => ({ weight: 0, amount: 0 }))
  const weightOf = (place: number): number => 0.5 ** ((last - place) / season / HALF_LIFE_SEASONS)
  for (const { place, amount } of known) {
    const sum = sums[place % places]
    if (sum === undefined) continue
    sum.weight += weightOf(place)
    sum.amount += weightOf(place) * amount
  }
  const means = sums.map(({ weight, amount }) => (weight === 0 ? 0 : amount / weight))
  const variances = variancesOf(known, { means, weightOf })
  return {
    at: (place) => ({ mean: means[place % places] ?? 0, variance: variances[place % places] ?? 0 }),
  }
}

/** How far each place was from its mean; a place that is known once varies as all do. */
function variancesOf(
  known: readonly { readonly place: number; readonly amount: number }[],
  { means, weightOf }: { readonly means: readonly number[]; readonly weightOf: (place: number) => number },
): readonly number[] {
  const places = means.length
  const sums = means.map(() => ({ weight: 0, square: 0, count: 0 }))
  for (const { place, amount } of known) {
    const sum = sums[place % places]
    if (sum === undefined) continue
    sum.weight += weightOf(place)
    sum.square += weightOf(place) * (amount - (means[place % places] ?? 0)) ** 2
    sum.count += 1
  }
  const whole = sums.reduce((all, { weight }) => all + weight, 0)
  const overall = whole === 0 ? 0 : sums.reduce((all, { square }) => all + square, 0) / whole
  // A place that is known a few times varies more than those few say.
  return sums.map(({ weight, square, count }) => {
    const own = weight === 0 ? overall : (square / weight) * (count / Math.max(1, count - 1))
    return count < 3 ? Math.max(own, overall) : own
  })
}

/** What is spent is spent: no line of a forecast falls. */
function neverFalling(points: readonly ForecastPoint[]): readonly ForecastPoint[] {
  let low = points[0]?.lowNanoUsd ?? 0n
  return points.map((point) => {
    if (point.lowNanoUsd > low) low = point.lowNanoUsd
    return { ...point, lowNanoUsd: low }
  })
}

/** When a line of the forecast meets the limit, between the ends of two intervals. */
function reached(
  points: readonly ForecastPoint[],
  {
    nowMs,
    spentNanoUsd,
    limitNanoUsd,
  }: Pick<ForecastQuestion, 'nowMs' | 'spentNanoUsd'> & { readonly limitNanoUsd: NanoUsd | undefined },
): Pick<Forecast, 'exhaustedAtMs' | 'earliestMs'> {
  if (limitNanoUsd === undefined) return {}
  const meets = (amountOf: (point: ForecastPoint) => NanoUsd): number | undefined => {
    let [fromMs, from] = [nowMs, spentNanoUsd]
    if (from >= limitNanoUsd) return nowMs
    for (const point of points) {
      const amount = amountOf(point)
      if (amount >= limitNanoUsd) {
        const share = Number(limitNanoUsd - from) / Number(amount - from)
        return Math.round(fromMs + share * (point.atMs - fromMs))
      }
      ;[fromMs, from] = [point.atMs, amount]
    }
    return undefined
  }
  const exhaustedAtMs = meets(({ expectedNanoUsd }) => expectedNanoUsd)
  const earliestMs = meets(({ highNanoUsd }) => highNanoUsd)
  return defined({ exhaustedAtMs, earliestMs })
}
