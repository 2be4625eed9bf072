import type { NanoUsd } from '../kit/money.ts'
import type { Histogram } from './histogram.ts'
import type { LookedAt, RequestFilter } from './request-query.ts'

/** What series can be told apart by. Few names each: what has more than `LIMITS.seriesNames` is counted in the whole alone. */
export const SERIES_DIMENSIONS = ['route', 'target', 'provider', 'key', 'project', 'outcome'] as const

export type SeriesDimension = (typeof SERIES_DIMENSIONS)[number]

/** What is counted of requests that clients asked, when they are over. */
export const REQUEST_SUMS = [
  'requests',
  'ok',
  'gone',
  'clientErrors',
  'gatewayErrors',
  'providerErrors',
] as const

/** What is counted of attempts, whoever asked. */
export const ATTEMPT_SUMS = [
  'attempts',
  'failedAttempts',
  'fallbacks',
  'retries',
  'hedges',
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'outputTokens',
  'reasoningTokens',
  'unpriced',
] as const

/** What the cache of answers did for requests that clients asked. The last is money: what the answers had cost that were given again, nano-USD. */
export const CACHE_SUMS = [
  'cacheHits',
  'cacheStale',
  'cacheCoalesced',
  'cacheSimilar',
  'cacheMisses',
  'cacheBypassed',
  'cacheSavedNano',
] as const

/** Everything that is counted, in the order in which it is written: a further sum goes to the end. */
export const SERIES_SUMS = [...REQUEST_SUMS, ...ATTEMPT_SUMS, ...CACHE_SUMS] as const

/** Kinds of money, never added: reported and priced, estimated, and invented. */
export const SERIES_AMOUNTS = ['settled', 'estimated', 'simulated'] as const

export type RequestSum = (typeof REQUEST_SUMS)[number]
export type AttemptSum = (typeof ATTEMPT_SUMS)[number]
export type CacheSum = (typeof CACHE_SUMS)[number]
export type SeriesSum = (typeof SERIES_SUMS)[number]
export type SeriesAmount = (typeof SERIES_AMOUNTS)[number]

/** What is known of one interval. */
export interface SeriesPoint {
  readonly sums: Readonly<Record<SeriesSum, number>>
  readonly amounts: Readonly<Record<SeriesAmount, NanoUsd>>
  /** How long requests took, milliseconds. */
  readonly durations: Histogram
  /** How long their first events took. */
  readonly firstEvents: Histogram
}

export interface SeriesQuestion {
  /** Which requests. */
  readonly filter: Pick<RequestFilter, 'conditions'>
  /** Absent: all in one. */
  readonly by?: SeriesDimension
  /** A whole number of intervals before `toMs`. */
  readonly fromMs: number
  readonly toMs: number
  /** A number of whole minutes, hours or days. */
  readonly stepMs: number
  /** Most names; those with the most requests and attempts are told. */
  readonly names: number
  /** Is something asked of attempts, which are not told apart by outcomes? */
  readonly attempts: boolean
  /** Are times asked for? */
  readonly times: boolean
}

/** The points of one name by the beginning of their interval; one in which nothing was has none. */
export interface NamedSeries {
  /** The empty name: nobody, or all. */
  readonly name: string
  readonly points: ReadonlyMap<number, SeriesPoint>
}

export interface SeriesAnswer {
  readonly series: readonly NamedSeries[]
  /** How many more names there are. */
  readonly others: number
  /** Whether it was answered by the sums that are kept, or by looking at requests one by one. */
  readonly from: 'sums' | 'requests'
  /** Where there were more requests to look at than one may: what was looked at. */
  readonly lookedAt?: LookedAt
  /** Since when the sums hold everything, where older rows are still to be summed. */
  readonly completeFromMs?: number
}

/** Sums by minute, hour and day, for charts. They grow with the rows. */
export interface SeriesStore {
  read(question: SeriesQuestion): Promise<SeriesAnswer>
}
