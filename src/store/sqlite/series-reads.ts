import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { readHistogram } from '../histogram.ts'
import type { Condition, LookedAt } from '../request-query.ts'
import {
  SERIES_AMOUNTS,
  SERIES_DIMENSIONS,
  type NamedSeries,
  type SeriesAnswer,
  type SeriesPoint,
  type SeriesQuestion,
} from '../series.ts'
import { allOf, nameSql, toSql, type SqlCondition } from './request-conditions.ts'
import { endOfLook } from './request-reads.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { OpenPoint, SeriesSums, SUMMED, type SeriesKind, type SeriesSource } from './series-sums.ts'
import { SERIES_COLUMNS } from './series-tables.ts'
import { newestOf, rowsBetween, SUM_COLUMNS } from './series-writes.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt } from './sum-of-amounts.ts'

/** Reads series: from the sums where those tell of what is asked, else from the requests themselves. */
export function readSeries(database: Database, question: SeriesQuestion): SeriesAnswer {
  // In one transaction, or rows that are summed meanwhile would count twice, or not at all.
  return database.transaction(() => {
    const kind = answeringKind(question)
    return kind === undefined ? fromRequests(database, question) : fromSums(database, question, kind)
  })()
}

/** The dimension whose sums answer a question; undefined where none do. */
function answeringKind({ filter, by, attempts }: SeriesQuestion): SeriesKind | undefined {
  const asked = new Set((filter.conditions ?? []).map(({ field }) => field))
  if (by !== undefined) asked.add(by)
  const [only, ...others] = asked
  if (only === undefined) return 'all'
  const kind = SERIES_DIMENSIONS.find((dimension) => dimension === only)
  // Attempts of one request end differently: they are not told apart by how that ended.
  return others.length > 0 || (kind === 'outcome' && attempts) ? undefined : kind
}

/** Points of names while they are put together. */
type Open = Map<string, Map<number, OpenPoint>>

function fromSums(database: Database, question: SeriesQuestion, kind: SeriesKind): SeriesAnswer {
  const conditions = question.filter.conditions ?? []
  const unsummed = sumRest(database, question, kind)
  const wanted = namesOf(database, { kind, conditions })
  const { ids, others } = heaviest(database, question, wanted)
  const open: Open = new Map()
  const isApart = question.by !== undefined
  for (const [id, name] of ids)
    addSummed(database, question, { id, points: pointsOf(open, isApart ? name : '') })
  const matches = matcherOf(database, conditions)
  for (const { atMs, name, point } of unsummed) {
    if (!matches(name)) continue
    if (isApart && !open.has(name) && open.size >= question.names) continue
    pointAt(pointsOf(open, isApart ? name : ''), atMs).add(point)
  }
  return {
    series: toSeries(open),
    others,
    from: 'sums',
    ...defined({ completeFromMs: completeFrom(database) }),
  }
}

/** Rows that no sum holds yet: few, since writers sum them when there are many. */
function sumRest(database: Database, { fromMs, toMs, stepMs }: SeriesQuestion, kind: SeriesKind) {
  const rest = new SeriesSums(stepMs, kind)
  for (const source of ['requests', 'ledger'] as const) {
    const upto = reachOf(database, source).upto
    const newest = Math.min(newestOf(database, source), upto + LIMITS.queryRows)
    for (const row of rowsBetween(database, source, [upto, newest])) {
      const atMs = numberAt(row, 'at_ms')
      if (atMs >= fromMs && atMs < toMs) rest.add(source, row)
    }
  }
  return [...rest.entries()]
}

function reachOf(
  database: Database,
  source: SeriesSource,
): { readonly behind: number; readonly upto: number } {
  const row = database
    .query<SqlRow, [string]>('select behind, upto from series_reach where source = ?')
    .get(source)
  return row === null
    ? { behind: 0, upto: 0 }
    : { behind: numberAt(row, 'behind'), upto: numberAt(row, 'upto') }
}

/** Since when the sums hold everything; undefined where they hold all that there is. */
function completeFrom(database: Database): number | undefined {
  const times = (['requests', 'ledger'] as const).flatMap((source) => {
    const { behind } = reachOf(database, source)
    if (behind === 0) return []
    const row = database
      .query<SqlRow, [number]>(
        `select at_ms from ${source} where sequence <= ? order by sequence desc limit 1`,
      )
      .get(behind)
    return row === null ? [] : [numberAt(row, 'at_ms')]
  })
  return times.length === 0 ? undefined : Math.max(...times)
}

interface Wanted {
  readonly kind: SeriesKind
  readonly conditions: readonly Condition[]
}

/** The names of a dimension that are asked for, by their ids. */
function namesOf(database: Database, { kind, conditions }: Wanted): ReadonlyMap<number, string> {
  const { sql, values } = allOf([
    { sql: 'dimension = ?', values: [kind] },
    ...conditions.map((one) => nameSql(one, 'name')),
  ])
  const rows = selectAll(database, `select id, name from series_names where ${sql}`, values)
  return new Map(rows.map((row) => [numberAt(row, 'id'), textAt(row, 'name')]))
}

/** Whether a name is asked for that stands in no table yet: the same conditions, asked of the store all the same. */
function matcherOf(database: Database, conditions: readonly Condition[]): (name: string) => boolean {
  if (conditions.length === 0) return () => true
  const { sql, values } = allOf(conditions.map((one) => nameSql(one, 'name')))
  return (name) =>
    selectAll(database, `select 1 as holds from (select ? as name) where ${sql}`, [name, ...values]).length >
    0
}

/** Of more names than are shown, those with the most rows in the time. */
function heaviest(database: Database, question: SeriesQuestion, wanted: ReadonlyMap<number, string>) {
  const { by, names, fromMs, toMs, stepMs } = question
  if (by === undefined || wanted.size <= names) return { ids: wanted, others: 0 }
  // Long times are weighed by whole days, of which there are few.
  const spanMs = toMs - fromMs > 2 * SERIES_SPANS.day ? SERIES_SPANS.day : spanOf(stepMs)
  const ranked = database
    .query<SqlRow, [number, number, number]>(
      `select name_id from series where name_id in (select id from series_names) and span_ms = ? and at_ms >= ? and at_ms < ?
       group by name_id order by sum(requests + attempts) desc, name_id`,
    )
    .all(spanMs, fromMs - (fromMs % spanMs), toMs)
    .map((row) => numberAt(row, 'name_id'))
    .filter((id) => wanted.has(id))
  const ids = new Map(ranked.slice(0, names).map((id) => [id, wanted.get(id) ?? '']))
  return { ids, others: ranked.length - ids.size }
}

/** The longest intervals that a step is made of. */
function spanOf(stepMs: number): number {
  const { day, hour, minute } = SERIES_SPANS
  return [day, hour].find((span) => stepMs % span === 0) ?? minute
}

interface Adding {
  readonly id: number
  readonly points: Map<number, OpenPoint>
}

/** Adds what is summed under a name. */
function addSummed(database: Database, question: SeriesQuestion, { id, points }: Adding): void {
  const { fromMs, toMs, stepMs, times } = question
  const parameters = [stepMs, id, spanOf(stepMs), fromMs, toMs] as const
  const within = 'from series where name_id = ? and span_ms = ? and at_ms >= ? and at_ms < ?'
  const sums = SERIES_COLUMNS.map((name) => `total(${name}) as ${name}`).join(', ')
  const rows = database
    .query<SqlRow, number[]>(`select at_ms - at_ms % ? as begin_ms, ${sums} ${within} group by 1`)
    .all(...parameters)
  for (const row of rows) addRow(pointAt(points, numberAt(row, 'begin_ms')), row)
  if (!times) return
  const written = database
    .query<SqlRow, number[]>(`select at_ms - at_ms % ? as begin_ms, durations, first_events ${within}`)
    .all(...parameters)
  for (const row of written) {
    const point = pointAt(points, numberAt(row, 'begin_ms'))
    readHistogram(point.durations, textAt(row, 'durations'))
    readHistogram(point.firstEvents, textAt(row, 'first_events'))
  }
}

function addRow(point: OpenPoint, row: SqlRow): void {
  for (const { sum, column } of SUM_COLUMNS) point.sums[sum] += numberAt(row, column)
  for (const amount of SERIES_AMOUNTS) point.amounts[amount] += amountAt(row, amount)
}

/** Looks at requests one by one, the newest first, no more than one may. */
function fromRequests(database: Database, question: SeriesQuestion): SeriesAnswer {
  const { filter, by, fromMs, toMs, stepMs, attempts } = question
  const period = { fromMs, toMs }
  const anywhere: SqlCondition = { sql: 'true', values: [] }
  const end = endOfLook(database, anywhere, {
    ...period,
    conditions: [...(filter.conditions ?? []), ANY_CONDITION],
  })
  const within: SqlCondition =
    end === undefined ? anywhere : { sql: '(at_ms, sequence) >= (?, ?)', values: [end.atMs, end.sequence] }
  const wanted = allOf([toSql({ ...filter, ...period }), within])
  const sums = new SeriesSums(stepMs, by ?? 'all')
  for (const row of selectAll(
    database,
    `select ${SUMMED.requests} from requests where ${wanted.sql}`,
    wanted.values,
  ))
    sums.add('requests', row)
  if (attempts) {
    const sql = `select ${SUMMED.ledger} from ledger where request_id in (select id from requests where ${wanted.sql})`
    for (const row of selectAll(database, sql, wanted.values)) sums.add('ledger', row)
  }
  return { ...pickHeaviest(sums, question), from: 'requests', ...defined({ lookedAt: lookedAt(end) }) }
}

/** Holds for every line, and is answered by no index. */
const ANY_CONDITION: Condition = { field: 'status', tests: [{ compare: '>=', to: 0 }] }

function lookedAt(end: { readonly atMs: number } | undefined): LookedAt | undefined {
  return end === undefined ? undefined : { rows: LIMITS.queryRows, atMs: end.atMs }
}

function pickHeaviest(
  sums: SeriesSums,
  { names, fromMs, toMs }: SeriesQuestion,
): Pick<SeriesAnswer, 'series' | 'others'> {
  const open: Open = new Map()
  const weights = new Map<string, number>()
  for (const entry of sums.entries()) {
    if (entry.atMs < fromMs || entry.atMs >= toMs) continue
    pointAt(pointsOf(open, entry.name), entry.atMs).add(entry.point)
    weights.set(entry.name, (weights.get(entry.name) ?? 0) + entry.point.weight)
  }
  const ranked = toSeries(open).toSorted(
    (one, other) => (weights.get(other.name) ?? 0) - (weights.get(one.name) ?? 0),
  )
  return { series: ranked.slice(0, names), others: Math.max(0, ranked.length - names) }
}

function pointsOf(open: Open, name: string): Map<number, OpenPoint> {
  let points = open.get(name)
  if (points === undefined) open.set(name, (points = new Map()))
  return points
}

function pointAt(points: Map<number, OpenPoint>, atMs: number): OpenPoint {
  let point = points.get(atMs)
  if (point === undefined) points.set(atMs, (point = new OpenPoint()))
  return point
}

/** Plain data, which can travel between threads. */
function toSeries(open: Open): readonly NamedSeries[] {
  const known = [...open].filter(([, points]) => points.size > 0)
  return known.map(([name, points]) => ({
    name,
    points: new Map(
      [...points].sort(([one], [other]) => one - other).map(([atMs, point]) => [atMs, toPlain(point)]),
    ),
  }))
}

function toPlain({ sums, amounts, durations, firstEvents }: OpenPoint): SeriesPoint {
  return { sums, amounts, durations, firstEvents }
}

function selectAll(
  database: Database,
  sql: string,
  values: readonly (string | number | bigint)[],
): readonly SqlRow[] {
  const statement = database.prepare<SqlRow, (string | number | bigint)[]>(sql)
  try {
    return statement.all(...values)
  } finally {
    statement.finalize()
  }
}
