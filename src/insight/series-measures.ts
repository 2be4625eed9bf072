import { quantileOf } from '../store/histogram.ts'
import type { SeriesPoint } from '../store/series.ts'
import type { NanoUsd } from '../kit/money.ts'

/** What a value of a measure is. */
export type MeasureUnit = 'count' | 'tokens' | 'usd' | 'ms' | 'share'

/** One thing that a chart may show. */
interface MeasureFacts {
  readonly unit: MeasureUnit
  readonly says: string
  /** True where it is counted by attempts, which are not told apart by outcomes of requests. */
  readonly ofAttempts?: true
  /** True where times of requests are needed. */
  readonly ofTimes?: true
  /** Undefined where nothing is known; of what is counted nothing is 0. */
  readonly read: (point: SeriesPoint) => number | NanoUsd | undefined
}

const counted = (sum: keyof SeriesPoint['sums'], says: string): MeasureFacts => ({
  unit: 'count',
  says,
  read: ({ sums }) => sums[sum],
})
const ofAttempts = (sum: keyof SeriesPoint['sums'], says: string): MeasureFacts => ({
  ...counted(sum, says),
  ofAttempts: true,
})
const tokens = (sum: keyof SeriesPoint['sums'], says: string): MeasureFacts => ({
  ...ofAttempts(sum, says),
  unit: 'tokens',
})
const money = (amount: keyof SeriesPoint['amounts'], says: string): MeasureFacts => ({
  unit: 'usd',
  says,
  ofAttempts: true,
  read: ({ amounts }) => amounts[amount],
})
const percentile = (times: 'durations' | 'firstEvents', share: number, says: string): MeasureFacts => ({
  unit: 'ms',
  says,
  ofTimes: true,
  read: (point) => quantileOf(point[times], share),
})

/** Everything that series can tell. */
export const SERIES_MEASURES = {
  requests: counted('requests', 'requests of clients that are over'),
  ok: counted('ok', 'those that were answered'),
  gone: counted('gone', 'those whose client left'),
  client_errors: counted('clientErrors', 'failures that the client has to act on'),
  gateway_errors: counted('gatewayErrors', 'failures of the gateway, and what it refused'),
  provider_errors: counted('providerErrors', 'failures of providers'),
  error_rate: {
    unit: 'share',
    says: 'failures of gateway and providers among all requests',
    read: ({ sums }) => shareOf(sums.gatewayErrors + sums.providerErrors, sums.requests),
  },
  cache_hits: counted('cacheHits', 'requests that were given an answer that was kept'),
  cache_stale: counted('cacheStale', 'those that were given one that was too old, on purpose'),
  cache_coalesced: counted(
    'cacheCoalesced',
    'those that were given the answer of another that was under way',
  ),
  cache_similar: counted('cacheSimilar', 'those that were given the answer to a similar question'),
  cache_misses: counted('cacheMisses', 'those for which no answer was kept, or that wanted a new one'),
  cache_bypassed: counted('cacheBypassed', 'those of routes that keep answers, which were not looked for'),
  cache_hit_rate: {
    unit: 'share',
    says: 'answers that were given again, among all requests for which one was looked for',
    read: ({ sums }) => shareOf(givenAgain(sums), givenAgain(sums) + sums.cacheMisses),
  },
  cache_saved: {
    unit: 'usd',
    says: 'what the answers had cost that were given again',
    read: ({ sums }) => BigInt(Math.round(sums.cacheSavedNano)),
  },
  attempts: ofAttempts('attempts', 'calls to providers, whoever asked'),
  failed_attempts: ofAttempts('failedAttempts', 'calls that did not end well'),
  fallbacks: ofAttempts('fallbacks', 'calls that were begun because another target had failed'),
  retries: ofAttempts('retries', 'calls of a target that had failed before'),
  hedges: ofAttempts('hedges', 'calls that were begun beside others'),
  fallback_rate: {
    unit: 'share',
    says: 'fallbacks among all calls',
    ofAttempts: true,
    read: ({ sums }) => shareOf(sums.fallbacks, sums.attempts),
  },
  input_tokens: tokens('inputTokens', 'input that was not cached'),
  cache_read_tokens: tokens('cacheReadTokens', 'input that was read from a cache'),
  cache_write_tokens: tokens('cacheWriteTokens', 'input that was written to a cache'),
  output_tokens: tokens('outputTokens', 'output without reasoning'),
  reasoning_tokens: tokens('reasoningTokens', 'reasoning'),
  cost: money('settled', 'real money, by the reports of providers'),
  estimated_cost: money('estimated', 'real money, by estimates'),
  simulated_cost: money('simulated', 'invented money of the simulator'),
  unpriced: ofAttempts('unpriced', 'calls that used something and have no price'),
  duration_p50: percentile('durations', 0.5, 'half of the requests took no longer'),
  duration_p95: percentile('durations', 0.95, '95 % took no longer'),
  duration_p99: percentile('durations', 0.99, '99 % took no longer'),
  ttft_p50: percentile('firstEvents', 0.5, 'half of the answers began no later'),
  ttft_p95: percentile('firstEvents', 0.95, '95 % began no later'),
  ttft_p99: percentile('firstEvents', 0.99, '99 % began no later'),
} as const satisfies Readonly<Record<string, MeasureFacts>>

export type SeriesMeasure = keyof typeof SERIES_MEASURES

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
export const MEASURE_NAMES = Object.keys(SERIES_MEASURES) as readonly SeriesMeasure[]

/** What is known of a measure. */
export function measureFacts(measure: SeriesMeasure): MeasureFacts {
  return SERIES_MEASURES[measure]
}

function givenAgain({ cacheHits, cacheStale, cacheCoalesced, cacheSimilar }: SeriesPoint['sums']): number {
  return cacheHits + cacheStale + cacheCoalesced + cacheSimilar
}

function shareOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}

/** The value of a measure in an interval; null where nothing is known, which is not 0. */
export function valueIn(measure: SeriesMeasure, point: SeriesPoint | undefined): number | NanoUsd | null {
  const { unit, read } = measureFacts(measure)
  if (point !== undefined) return read(point) ?? null
  if (unit === 'ms' || unit === 'share') return null
  return unit === 'usd' ? 0n : 0
}
