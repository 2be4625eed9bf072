import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { readHistogram } from '../histogram.ts'
import type { Condition } from '../request-query.ts'
import { SERIES_AMOUNTS, SERIES_SUMS, type SeriesAnswer, type SeriesQuestion } from '../series.ts'
import { pointAt, pointsOf, toSeries, type OpenSeries } from './open-series.ts'
import { allOf, nameSql } from './request-conditions.ts'
import { readMinutes } from './series-minutes.ts'
import { createReach } from './series-reach.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { SeriesSums, type OpenPoint, type SeriesKind } from './series-sums.ts'
import { SERIES_COLUMNS } from './series-tables.ts'
import { newestOf, rowsBetween } from './series-writes.ts'
import { numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'
import { amountAt } from './sum-of-amounts.ts'
import { readPoints } from './written-points.ts'

/** Tells series of one dimension from the sums that are kept, and from the rows that stand in none yet. */
export function readSummedSeries(
  database: Database,
  question: SeriesQuestion,
  kind: SeriesKind,
): SeriesAnswer {
  const conditions = question.filter.conditions ?? []
  const fresh = readFresh(database, question, kind)
  const ids = idsOf(database, kind, conditions)
  const wanted = matching(database, fresh.weights, conditions)
  const { names, others } = heaviest(database, question, { ids, fresh: wanted })
  const isApart = question.by !== undefined
  const open: OpenSeries = new Map()
  for (const name of names) {
    const points = pointsOf(open, isApart ? name : '')
    const id = ids.get(name)
    if (id !== undefined) addSummed(database, question, { id, points })
    for (const [atMs, point] of wanted.has(name) ? (fresh.points.get(name) ?? []) : [])
      pointAt(points, atMs).add(point)
  }
  return {
    series: toSeries(open),
    others,
    from: 'sums',
    ...defined({ completeFromMs: completeFrom(database) }),
  }
}

/** What stands in no sum of hours yet. */
interface Fresh {
  readonly points: OpenSeries
  readonly weights: ReadonlyMap<string, number>
}

/** Minutes of which no hour was made, and rows that no sum holds: few, since writers sum them when there are many. */
function readFresh(database: Database, question: SeriesQuestion, kind: SeriesKind): Fresh {
  const { fromMs, toMs, stepMs } = question
  const points: OpenSeries = new Map()
  const weights = new Map<string, number>()
  const place = (name: string, atMs: number, weight: number): OpenPoint => {
    weights.set(name, (weights.get(name) ?? 0) + weight)
    return pointAt(pointsOf(points, name), atMs - (atMs % stepMs))
  }
  readMinutes(database, { kind, fromMs, toMs }, place)
  const rest = new SeriesSums(stepMs, kind)
  for (const source of ['requests', 'ledger'] as const) {
    const { upto } = createReach(database).of(source)
    const newest = Math.min(newestOf(database, source), upto + LIMITS.queryRows)
    for (const row of rowsBetween(database, source, [upto, newest])) {
      const atMs = numberAt(row, 'at_ms')
      if (atMs >= fromMs && atMs < toMs) rest.add(source, row)
    }
  }
  for (const [atMs, kinds] of rest.intervals)
    for (const [name, point] of kinds.get(kind) ?? []) place(name, atMs, point.weight).add(point)
  return { points, weights }
}

/** Since when the sums hold everything; undefined where they hold all that there is. */
function completeFrom(database: Database): number | undefined {
  const times = (['requests', 'ledger'] as const).flatMap((source) => {
    const { behind } = createReach(database).of(source)
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

/** The names of a dimension that are asked for, with their ids. */
function idsOf(
  database: Database,
  kind: SeriesKind,
  conditions: readonly Condition[],
): ReadonlyMap<string, number> {
  const { sql, values } = allOf([
    { sql: 'dimension = ?', values: [kind] },
    ...conditions.map((one) => nameSql(one, 'name')),
  ])
  const rows = selectAll(database, `select id, name from series_names where ${sql}`, values)
  return new Map(rows.map((row) => [textAt(row, 'name'), numberAt(row, 'id')]))
}

/** Those that are asked for of names that may stand in no table yet: the same conditions, asked of the store all the same. */
function matching(
  database: Database,
  weights: ReadonlyMap<string, number>,
  conditions: readonly Condition[],
): ReadonlyMap<string, number> {
  if (conditions.length === 0) return weights
  const { sql, values } = allOf(conditions.map((one) => nameSql(one, 'named.value')))
  const rows = selectAll(database, `select value from json_each(?) as named where ${sql}`, [
    JSON.stringify([...weights.keys()]),
    ...values,
  ])
  return new Map(rows.map((row) => [textAt(row, 'value'), weights.get(textAt(row, 'value')) ?? 0]))
}

interface Candidates {
  readonly ids: ReadonlyMap<string, number>
  readonly fresh: ReadonlyMap<string, number>
}

/** Of more names than are shown, those with the most rows in the time, largest first. */
function heaviest(database: Database, question: SeriesQuestion, { ids, fresh }: Candidates) {
  const { by, names: most, fromMs, toMs, stepMs } = question
  const all = new Set([...ids.keys(), ...fresh.keys()])
  if (by === undefined || all.size <= most) return { names: [...all], others: 0 }
  // Long times are weighed by whole days, of which there are few.
  const isLong = toMs - fromMs > 2 * SERIES_SPANS.day || stepMs % SERIES_SPANS.day === 0
  const spanMs = isLong ? SERIES_SPANS.day : SERIES_SPANS.hour
  const weights = new Map(fresh)
  const weigh = database.query<SqlRow, [number, number, number]>(
    `select total(requests + attempts) as weight from series
     where name_id = ? and span_ms = ${spanMs} and at_ms >= ? and at_ms < ?`,
  )
  for (const [name, id] of ids) {
    const row = weigh.get(id, fromMs - (fromMs % spanMs), toMs)
    const weight = row === null ? 0 : numberAt(row, 'weight')
    if (weight > 0) weights.set(name, (weights.get(name) ?? 0) + weight)
  }
  const ranked = [...weights].sort(([, one], [, other]) => other - one).map(([name]) => name)
  return { names: ranked.slice(0, most), others: Math.max(0, ranked.length - most) }
}

interface Adding {
  readonly id: number
  readonly points: Map<number, OpenPoint>
}

/** The longest intervals that a step is made of. */
function spanOf(stepMs: number): number {
  const { day, hour, minute } = SERIES_SPANS
  return [day, hour].find((span) => stepMs % span === 0) ?? minute
}

const SUMS = SERIES_SUMS.map((sum) => ({ sum, column: underscored(sum) }))
const TOTALS = SERIES_COLUMNS.map((name) => `total(${name}) as ${name}`).join(', ')
const WITHIN = 'from series where name_id = ? and span_ms = ? and at_ms >= ? and at_ms < ?'

/** Adds what is summed under a name. */
function addSummed(database: Database, question: SeriesQuestion, { id, points }: Adding): void {
  const { fromMs, toMs, stepMs, times } = question
  const span = spanOf(stepMs)
  if (span === SERIES_SPANS.minute) addDetails(database, question, { id, points })
  const parameters = [stepMs, id, span, fromMs, toMs] as const
  const rows = database
    .query<SqlRow, number[]>(`select at_ms - at_ms % ? as begin_ms, ${TOTALS} ${WITHIN} group by 1`)
    .all(...parameters)
  for (const row of rows) addRow(pointAt(points, numberAt(row, 'begin_ms')), row)
  if (!times) return
  const written = database
    .query<SqlRow, number[]>(`select at_ms - at_ms % ? as begin_ms, durations, first_events ${WITHIN}`)
    .all(...parameters)
  for (const row of written) {
    const point = pointAt(points, numberAt(row, 'begin_ms'))
    readHistogram(point.durations, textAt(row, 'durations'))
    readHistogram(point.firstEvents, textAt(row, 'first_events'))
  }
}

/** Adds the minutes of a name, hour by hour. Rows of single minutes are of older versions. */
function addDetails(
  database: Database,
  { fromMs, toMs, stepMs }: SeriesQuestion,
  { id, points }: Adding,
): void {
  const rows = database
    .query<SqlRow, [number, number, number]>(
      'select at_ms, points from series_details where name_id = ? and at_ms >= ? and at_ms < ?',
    )
    .iterate(id, fromMs - (fromMs % SERIES_SPANS.hour), toMs)
  for (const row of rows)
    readPoints(textAt(row, 'points'), (minute) => {
      const atMs = numberAt(row, 'at_ms') + Number(minute) * SERIES_SPANS.minute
      return atMs >= fromMs && atMs < toMs ? pointAt(points, atMs - (atMs % stepMs)) : undefined
    })
}

function addRow(point: OpenPoint, row: SqlRow): void {
  for (const { sum, column } of SUMS) point.sums[sum] += numberAt(row, column)
  for (const amount of SERIES_AMOUNTS) point.amounts[amount] += amountAt(row, amount)
}
