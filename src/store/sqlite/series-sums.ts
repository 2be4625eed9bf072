import { isFailureCode, failureRow } from '../../exchange/failure-table.ts'
import { addTimes, bucketOf, mergeHistogram, type Histogram } from '../histogram.ts'
import {
  ATTEMPT_SUMS,
  REQUEST_SUMS,
  SERIES_AMOUNTS,
  type AttemptSum,
  type RequestSum,
  type SeriesAmount,
  type SeriesDimension,
  type SeriesPoint,
} from '../series.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** The tables that series are made of. */
export type SeriesSource = 'requests' | 'ledger'

/** What is read of rows, to be summed. */
export const SUMMED: Readonly<Record<SeriesSource, string>> = {
  requests: 'at_ms, route, target, key_id, project, outcome, purpose, duration_ms, first_event_ms',
  ledger: `at_ms, route, target, provider, key_id, project, outcome, begun_for, basis, simulated, cost_nano_usd, input_tokens,
    cache_read_tokens, cache_write_tokens, cache_write_long_tokens, output_tokens, reasoning_tokens, more_usage`,
}

/** `all` is the whole, under the empty name. */
export type SeriesKind = SeriesDimension | 'all'

/** What a row is counted under. */
type Names = readonly (readonly [kind: SeriesKind, name: string])[]

export class OpenPoint implements SeriesPoint {
  readonly sums: Record<RequestSum | AttemptSum, number>
  readonly amounts: Record<SeriesAmount, bigint>
  readonly durations: Histogram = new Map()
  readonly firstEvents: Histogram = new Map()
  /** Rows in it. */
  weight = 0

  constructor() {
    this.sums = { ...NO_SUMS }
    this.amounts = { settled: 0n, estimated: 0n, simulated: 0n }
  }

  add(other: OpenPoint): void {
    for (const sum of ALL_SUMS) this.sums[sum] += other.sums[sum]
    for (const amount of SERIES_AMOUNTS) this.amounts[amount] += other.amounts[amount]
    mergeHistogram(this.durations, other.durations)
    mergeHistogram(this.firstEvents, other.firstEvents)
    this.weight += other.weight
  }
}

const ALL_SUMS = [...REQUEST_SUMS, ...ATTEMPT_SUMS] as const
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names of members
const NO_SUMS = Object.fromEntries(ALL_SUMS.map((sum) => [sum, 0])) as Record<RequestSum | AttemptSum, number>

/** Sums of rows by interval, kind and name. */
export class SeriesSums {
  readonly #stepMs: number
  readonly #kind: SeriesKind | undefined
  readonly #points = new Map<
    number,
    Map<string, { readonly kind: SeriesKind; readonly name: string; readonly point: OpenPoint }>
  >()

  /** Rows that agree in all that they are told apart by, before they are counted under each of their names: most rows of a busy minute do. */
  readonly #cells = new Map<string, Cell>()

  /** @param kind the only one that is summed; absent: all of them */
  constructor(stepMs: number, kind?: SeriesKind) {
    this.#stepMs = stepMs
    this.#kind = kind
  }

  /** Adds a row of a table. */
  add(source: SeriesSource, row: SqlRow): void {
    if (source === 'ledger') return addAttempt(this.#cell(row, undefined), row)
    // What the house asks of its own accord is no request of a client.
    if (!isSet(row, 'purpose')) addRequest(this.#cell(row, textAt(row, 'outcome')), row)
  }

  /** Everything that was summed. */
  *entries(): Generator<{ atMs: number; kind: SeriesKind; name: string; point: OpenPoint }> {
    this.#spread()
    for (const [atMs, points] of this.#points) for (const entry of points.values()) yield { atMs, ...entry }
  }

  /** The same by a longer step. */
  coarser(stepMs: number): SeriesSums {
    const sums = new SeriesSums(stepMs)
    for (const { atMs, kind, name, point } of this.entries()) sums.#at(atMs, kind, name).add(point)
    return sums
  }

  /** @param outcome of a request; absent for an attempt, which is not told apart by it */
  #cell(row: SqlRow, outcome: string | undefined): OpenPoint {
    const atMs = Math.floor(numberAt(row, 'at_ms') / this.#stepMs) * this.#stepMs
    const [route, target] = [textAt(row, 'route'), textAt(row, 'target')]
    const [key, project] = [textAt(row, 'key_id'), textAt(row, 'project')]
    // Lengths keep names apart, whatever is in them.
    const id = `${atMs} ${outcome ?? ' '} ${route.length} ${target.length} ${key.length} ${route}${target}${key}${project}`
    let cell = this.#cells.get(id)
    if (cell === undefined) {
      const names: [SeriesKind, string][] = [
        ['all', ''],
        ['route', route],
        ['target', target],
        ['provider', providerOf(target)],
        ['key', key],
        ['project', project],
      ]
      if (outcome !== undefined) names.push(['outcome', outcome])
      this.#cells.set(id, (cell = { atMs, names, point: new OpenPoint() }))
    }
    return cell.point
  }

  #spread(): void {
    for (const { atMs, names, point } of this.#cells.values())
      for (const [kind, name] of names)
        if (this.#kind === undefined || kind === this.#kind) this.#at(atMs, kind, name).add(point)
    this.#cells.clear()
  }

  #at(atMs: number, kind: SeriesKind, name: string): OpenPoint {
    const beginMs = Math.floor(atMs / this.#stepMs) * this.#stepMs
    let points = this.#points.get(beginMs)
    if (points === undefined) this.#points.set(beginMs, (points = new Map()))
    const key = `${kind} ${name}`
    let entry = points.get(key)
    if (entry === undefined) points.set(key, (entry = { kind, name, point: new OpenPoint() }))
    return entry.point
  }
}

interface Cell {
  readonly atMs: number
  readonly names: Names
  readonly point: OpenPoint
}

function addRequest(point: OpenPoint, row: SqlRow): void {
  const outcome = textAt(row, 'outcome')
  point.weight += 1
  point.sums.requests += 1
  point.sums[OUTCOMES[outcome] ?? errorOf(outcome)] += 1
  addTimes(point.durations, bucketOf(numberAt(row, 'duration_ms')), 1)
  if (isSet(row, 'first_event_ms')) addTimes(point.firstEvents, bucketOf(numberAt(row, 'first_event_ms')), 1)
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

function addAttempt(point: OpenPoint, row: SqlRow): void {
  const { sums, amounts } = point
  point.weight += 1
  sums.attempts += 1
  if (textAt(row, 'outcome') !== 'ok') sums.failedAttempts += 1
  const begun = BEGUN[textAt(row, 'begun_for')]
  if (begun !== undefined) sums[begun] += 1
  let used = isSet(row, 'more_usage')
  for (const [column, sum] of TOKENS) {
    const count = Math.min(numberAt(row, column), Number.MAX_SAFE_INTEGER)
    used ||= count > 0
    sums[sum] += count
  }
  if (isSet(row, 'cost_nano_usd')) amounts[kindOfMoney(row)] += bigintAt(row, 'cost_nano_usd')
  else if (used) sums.unpriced += 1
}

function kindOfMoney(row: SqlRow): SeriesAmount {
  if (numberAt(row, 'simulated') === 1) return 'simulated'
  return ['reported', 'none'].includes(textAt(row, 'basis')) ? 'settled' : 'estimated'
}
