import type { CacheOutcome } from '../../exchange/cache.ts'
import { isFailureCode, failureRow } from '../../exchange/failure-table.ts'
import type { Json } from '../../kit/json.ts'
import type { Column } from '../columns.ts'
import { addTimes, bucketOf, mergeHistogram, type Histogram } from '../histogram.ts'
import { LEDGER_COLUMNS } from '../ledger-text.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import {
  SERIES_AMOUNTS,
  SERIES_DIMENSIONS,
  SERIES_SUMS,
  type AttemptSum,
  type CacheSum,
  type RequestSum,
  type SeriesAmount,
  type SeriesDimension,
  type SeriesPoint,
  type SeriesSum,
} from '../series.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow, type SqlValue } from './sql-values.ts'

/** The tables that series are made of. */
export type SeriesSource = 'requests' | 'ledger'

/** What is read of rows, to be summed. */
export const SUMMED: Readonly<Record<SeriesSource, readonly string[]>> = {
  requests: [
    'at_ms',
    'route',
    'target',
    'key_id',
    'project',
    'outcome',
    'purpose',
    'duration_ms',
    'first_event_ms',
    'cache',
    'saved_nano_usd',
  ],
  ledger: [
    'at_ms',
    'route',
    'target',
    'provider',
    'key_id',
    'project',
    'outcome',
    'begun_for',
    'basis',
    'simulated',
    'cost_nano_usd',
    'input_tokens',
    'cache_read_tokens',
    'cache_write_tokens',
    'cache_write_long_tokens',
    'output_tokens',
    'reasoning_tokens',
    'more_usage',
  ],
}

const WRITTEN: Readonly<Record<SeriesSource, readonly (readonly [name: string, place: number])[]>> = {
  requests: placesOf('requests', REQUEST_COLUMNS),
  ledger: placesOf('ledger', LEDGER_COLUMNS),
}

function placesOf(
  source: SeriesSource,
  columns: readonly Column[],
): readonly (readonly [name: string, place: number])[] {
  return SUMMED[source].map((name) => [name, columns.findIndex((column) => column.name === name)])
}

/** A row on its way to a table, as it will be read there. */
export function writtenRow(source: SeriesSource, values: readonly Json[]): SqlRow {
  const row: Record<string, SqlValue> = {}
  for (const [name, place] of WRITTEN[source]) row[name] = toSqlValue(values[place])
  return row
}

function toSqlValue(value: Json | undefined): SqlValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

/** `all` is the whole, under the empty name. */
export type SeriesKind = SeriesDimension | 'all'

export class OpenPoint implements SeriesPoint {
  readonly sums: Record<SeriesSum, number>
  readonly amounts: Record<SeriesAmount, bigint>
  readonly durations: Histogram = new Map()
  readonly firstEvents: Histogram = new Map()
  /** Rows in it. */
  weight = 0

  constructor() {
    this.sums = { ...NO_SUMS }
    this.amounts = { settled: 0n, estimated: 0n, simulated: 0n }
  }

  /** Adds what a row says. */
  take({ sums, amount, duration, firstEvent }: Addition): void {
    this.weight += 1
    for (const [sum, count] of sums) this.sums[sum] += count
    if (amount !== undefined) this.amounts[amount[0]] += amount[1]
    if (duration !== undefined) addTimes(this.durations, duration, 1)
    if (firstEvent !== undefined) addTimes(this.firstEvents, firstEvent, 1)
  }

  add(other: OpenPoint): void {
    for (const sum of SERIES_SUMS) this.sums[sum] += other.sums[sum]
    for (const amount of SERIES_AMOUNTS) this.amounts[amount] += other.amounts[amount]
    mergeHistogram(this.durations, other.durations)
    mergeHistogram(this.firstEvents, other.firstEvents)
    this.weight += other.weight
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names of members
const NO_SUMS = Object.fromEntries(SERIES_SUMS.map((sum) => [sum, 0])) as Record<SeriesSum, number>

/** What one row adds to each of its points. */
interface Addition {
  readonly sums: readonly (readonly [sum: SeriesSum, count: number])[]
  readonly amount?: readonly [kind: SeriesAmount, nanoUsd: bigint]
  /** Buckets of its times. */
  readonly duration?: number
  readonly firstEvent?: number
}

/** Points by kind and name. */
export type PointsOfKinds = ReadonlyMap<SeriesKind, ReadonlyMap<string, OpenPoint>>

/** Sums of rows by interval, kind and name. */
export class SeriesSums {
  readonly #stepMs: number
  readonly #kinds: readonly SeriesKind[]
  readonly #intervals = new Map<number, Map<SeriesKind, Map<string, OpenPoint>>>()

  /** @param kind the only one that is summed; absent: all of them */
  constructor(stepMs: number, kind?: SeriesKind) {
    this.#stepMs = stepMs
    this.#kinds = kind === undefined ? [...SERIES_DIMENSIONS, 'all'] : [kind]
  }

  /** Everything that was summed, by the beginning of its interval. */
  get intervals(): ReadonlyMap<number, PointsOfKinds> {
    return this.#intervals
  }

  /** Adds a row of a table. */
  add(source: SeriesSource, row: SqlRow): void {
    const isAttempt = source === 'ledger'
    // What the house asks of its own accord is no request of a client.
    if (!isAttempt && isSet(row, 'purpose')) return
    const kinds = this.#at(numberAt(row, 'at_ms'))
    const addition = isAttempt ? attemptAdds(row) : requestAdds(row)
    for (const kind of this.#kinds) {
      // Attempts are not told apart by how the request ended.
      if (isAttempt && kind === 'outcome') continue
      pointOf(kinds, kind, NAMES[kind](row)).take(addition)
    }
  }

  #at(atMs: number): Map<SeriesKind, Map<string, OpenPoint>> {
    const beginMs = Math.floor(atMs / this.#stepMs) * this.#stepMs
    let kinds = this.#intervals.get(beginMs)
    if (kinds === undefined) this.#intervals.set(beginMs, (kinds = new Map()))
    return kinds
  }
}

function pointOf(kinds: Map<SeriesKind, Map<string, OpenPoint>>, kind: SeriesKind, name: string): OpenPoint {
  let points = kinds.get(kind)
  if (points === undefined) kinds.set(kind, (points = new Map()))
  let point = points.get(name)
  if (point === undefined) points.set(name, (point = new OpenPoint()))
  return point
}

/** What a row is counted under. */
const NAMES: Readonly<Record<SeriesKind, (row: SqlRow) => string>> = {
  route: (row) => textAt(row, 'route'),
  target: (row) => textAt(row, 'target'),
  provider: (row) => providerOf(textAt(row, 'target')),
  key: (row) => textAt(row, 'key_id'),
  project: (row) => textAt(row, 'project'),
  outcome: (row) => textAt(row, 'outcome'),
  all: () => '',
}

function requestAdds(row: SqlRow): Addition {
  const outcome = textAt(row, 'outcome')
  return {
    sums: [['requests', 1], [OUTCOMES[outcome] ?? errorOf(outcome), 1], ...cacheAdds(row)],
    duration: bucketOf(numberAt(row, 'duration_ms')),
    ...(isSet(row, 'first_event_ms') && { firstEvent: bucketOf(numberAt(row, 'first_event_ms')) }),
  }
}

/** What came of a request at the cache; where a new answer was wanted, none was found. */
const CACHED: ReadonlyMap<string, CacheSum> = new Map(
  Object.entries({
    hit: 'cacheHits',
    semantic: 'cacheSimilar',
    stale: 'cacheStale',
    coalesced: 'cacheCoalesced',
    miss: 'cacheMisses',
    refresh: 'cacheMisses',
    bypass: 'cacheBypassed',
  } satisfies Readonly<Record<CacheOutcome, CacheSum>>),
)

function cacheAdds(row: SqlRow): readonly (readonly [sum: CacheSum, count: number])[] {
  const sum = CACHED.get(textAt(row, 'cache'))
  if (sum === undefined) return []
  const isGiven = sum !== 'cacheMisses' && sum !== 'cacheBypassed'
  const saved = isGiven ? Math.min(numberAt(row, 'saved_nano_usd'), Number.MAX_SAFE_INTEGER) : 0
  return saved > 0
    ? [
        [sum, 1],
        ['cacheSavedNano', saved],
      ]
    : [[sum, 1]]
}

/** Targets are `provider/model`. */
function providerOf(target: string): string {
  return target.slice(0, Math.max(0, target.indexOf('/')))
}

const OUTCOMES: Readonly<Record<string, RequestSum>> = { ok: 'ok', 'client-gone': 'gone' }

/** A code of a version to come is blamed on nobody but the house. */
function errorOf(outcome: string): RequestSum {
  return isFailureCode(outcome) ? (`${failureRow(outcome).source}Errors` as const) : 'gatewayErrors'
}

const BEGUN: Readonly<Record<string, AttemptSum>> = {
  fallback: 'fallbacks',
  retry: 'retries',
  hedge: 'hedges',
  race: 'hedges',
}

const TOKENS: readonly (readonly [column: string, sum: AttemptSum])[] = [
  ['input_tokens', 'inputTokens'],
  ['cache_read_tokens', 'cacheReadTokens'],
  ['cache_write_tokens', 'cacheWriteTokens'],
  ['cache_write_long_tokens', 'cacheWriteTokens'],
  ['output_tokens', 'outputTokens'],
  ['reasoning_tokens', 'reasoningTokens'],
]

function attemptAdds(row: SqlRow): Addition {
  const sums: [AttemptSum, number][] = [['attempts', 1]]
  if (textAt(row, 'outcome') !== 'ok') sums.push(['failedAttempts', 1])
  const begun = BEGUN[textAt(row, 'begun_for')]
  if (begun !== undefined) sums.push([begun, 1])
  let used = isSet(row, 'more_usage')
  for (const [column, sum] of TOKENS) {
    const count = Math.min(numberAt(row, column), Number.MAX_SAFE_INTEGER)
    if (count === 0) continue
    used ||= count > 0
    sums.push([sum, count])
  }
  if (isSet(row, 'cost_nano_usd')) return { sums, amount: [kindOfMoney(row), bigintAt(row, 'cost_nano_usd')] }
  if (used) sums.push(['unpriced', 1])
  return { sums }
}

function kindOfMoney(row: SqlRow): SeriesAmount {
  if (numberAt(row, 'simulated') === 1) return 'simulated'
  return ['reported', 'none'].includes(textAt(row, 'basis')) ? 'settled' : 'estimated'
}
