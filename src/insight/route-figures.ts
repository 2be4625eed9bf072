import { addTimes, quantileOf, type Histogram } from '../store/histogram.ts'
import type { SeriesAnswer, SeriesDimension, SeriesStore } from '../store/series.ts'
import type { RequestFilter } from '../store/request-query.ts'
import type { NanoUsd } from '../kit/money.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { cutIntoSteps, type StepName } from './series-steps.ts'

/** What came of the requests of one name in a time. */
export interface Figures {
  readonly requests: number
  /** Failures of the gateway and of providers, and what the gateway refused. */
  readonly failed: number
  readonly attempts: number
  /** Attempts that did not end well. */
  readonly failedAttempts: number
  /** Attempts that were begun because another target had failed. */
  readonly fallbacks: number
  /** Real money, reported and estimated. */
  readonly costNanoUsd: NanoUsd
  /** Some of it is an estimate. */
  readonly isEstimated: boolean
  readonly simulatedNanoUsd: NanoUsd
  /** Half of the requests took no longer; absent where there were none. */
  readonly p50Ms?: number
  /** 95 % of the requests took no longer; absent where there were none. */
  readonly p95Ms?: number
}

export interface FiguresQuestion {
  readonly by: SeriesDimension
  readonly fromMs: number
  readonly toMs: number
  readonly nowMs: number
  /** Which requests; absent: all. */
  readonly filter?: Pick<RequestFilter, 'conditions'>
  /** The intervals that are summed; absent: as for a chart. */
  readonly step?: StepName
  /** Most names; absent: as many as a chart shows. */
  readonly names?: number
}

/** What came of nothing. */
export const NO_FIGURES: Figures = {
  requests: 0,
  failed: 0,
  attempts: 0,
  failedAttempts: 0,
  fallbacks: 0,
  costNanoUsd: 0n,
  isEstimated: false,
  simulatedNanoUsd: 0n,
}

/** Sums of a whole time by name, out of those that are kept for charts. */
export async function readFigures(
  store: Pick<SeriesStore, 'read'>,
  { by, nowMs, filter = {}, step, names = LIMITS.seriesShown, ...time }: FiguresQuestion,
): Promise<ReadonlyMap<string, Figures>> {
  const steps = cutIntoSteps(time, step, nowMs)
  if ('problem' in steps) return new Map()
  const { fromMs, toMs, stepMs } = steps
  const answer = await store.read({ filter, by, fromMs, toMs, stepMs, names, attempts: true, times: true })
  return new Map(answer.series.map(({ name, points }) => [name, sumOf(points)]))
}

function sumOf(points: SeriesAnswer['series'][number]['points']): Figures {
  const durations: Histogram = new Map()
  const sum = { requests: 0, failed: 0, attempts: 0, failedAttempts: 0, fallbacks: 0 }
  const money = { settled: 0n, estimated: 0n, simulated: 0n }
  for (const { sums, amounts, durations: times } of points.values()) {
    sum.requests += sums.requests
    sum.failed += sums.gatewayErrors + sums.providerErrors
    sum.attempts += sums.attempts
    sum.failedAttempts += sums.failedAttempts
    sum.fallbacks += sums.fallbacks
    money.settled += amounts.settled
    money.estimated += amounts.estimated
    money.simulated += amounts.simulated
    for (const [bucket, many] of times) addTimes(durations, bucket, many)
  }
  return {
    ...sum,
    costNanoUsd: money.settled + money.estimated,
    isEstimated: money.estimated !== 0n,
    simulatedNanoUsd: money.simulated,
    ...defined({ p50Ms: quantileOf(durations, 0.5), p95Ms: quantileOf(durations, 0.95) }),
  }
}
