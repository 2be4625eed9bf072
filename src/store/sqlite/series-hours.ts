import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import { mergeHistogram, readHistogram, writeHistogram, type Histogram } from '../histogram.ts'
import { SERIES_AMOUNTS, SERIES_SUMS } from '../series.ts'
import type { MinutesOfHour, SeriesMinutes } from './series-minutes.ts'
import { createSeriesNames } from './series-names.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { OpenPoint } from './series-sums.ts'
import { SERIES_COLUMNS } from './series-tables.ts'
import { textAt, type SqlRow } from './sql-values.ts'
import { joinPoints, readPoints, writePoints, type WrittenPoint } from './written-points.ts'

const NANO_PER_USD = 1_000_000_000n

/**
 * Prepares what makes sums of hours and days of minutes that are over: some of the oldest at a time. Gives true where there were any.
 * What comes for an hour that was made already is added to it.
 */
export function createSeriesHours(
  database: Database,
  minutes: SeriesMinutes,
): (beforeMs?: number) => boolean {
  const idsOf = createSeriesNames(database)
  const addSums = createAddSums(database)
  const addDetails = createAddDetails(database)
  const roll = ({ kind, hourMs, names }: MinutesOfHour): number => {
    const ids = idsOf({ kind, weights: new Map([...names].map(([name, { sum }]) => [name, sum.weight])) })
    const isRecent = hourMs >= minutes.newestMs() - 2 * LIMITS.seriesMinutesMs
    for (const [name, id] of ids) {
      const hour = names.get(name)
      if (hour === undefined) continue
      addSums({ id, spanMs: SERIES_SPANS.hour, atMs: hourMs }, hour.sum)
      addSums({ id, spanMs: SERIES_SPANS.day, atMs: hourMs - (hourMs % SERIES_SPANS.day) }, hour.sum)
      if (isRecent) addDetails(id, hourMs, hour.minutes)
    }
    return ids.size
  }
  return (beforeMs) => {
    let names = 0
    let isAny = false
    while (names < LIMITS.seriesRolled) {
      const oldest = minutes.takeHour(beforeMs)
      if (oldest === undefined) break
      isAny = true
      names += roll(oldest)
    }
    return isAny
  }
}

interface Place {
  readonly id: number
  readonly spanMs: number
  readonly atMs: number
}

function createAddSums(database: Database): (place: Place, point: OpenPoint) => void {
  const known = database.query<SqlRow, [number, number, number]>(
    'select durations, first_events from series where name_id = ? and span_ms = ? and at_ms = ?',
  )
  const columns = [...SERIES_COLUMNS, 'durations', 'first_events']
  const upsert = database.query<unknown, (number | bigint | string)[]>(
    `insert into series (name_id, span_ms, at_ms, ${columns.join(', ')}) values (?, ?, ?${', ?'.repeat(columns.length)})
     on conflict do update set ${SERIES_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
       durations = excluded.durations, first_events = excluded.first_events`,
  )
  return ({ id, spanMs, atMs }, point) => {
    const before = known.get(id, spanMs, atMs)
    const durations = withWritten(point.durations, before, 'durations')
    const firstEvents = withWritten(point.firstEvents, before, 'first_events')
    upsert.run(id, spanMs, atMs, ...valuesOf(point), durations, firstEvents)
  }
}

function withWritten(histogram: Histogram, before: SqlRow | null, column: string): string {
  if (before === null) return writeHistogram(histogram)
  const all: Histogram = new Map()
  readHistogram(all, textAt(before, column))
  mergeHistogram(all, histogram)
  return writeHistogram(all)
}

function valuesOf({ sums, amounts }: OpenPoint): readonly (number | bigint)[] {
  return [
    ...SERIES_SUMS.map((sum) => sums[sum]),
    ...SERIES_AMOUNTS.flatMap((amount) => [amounts[amount] / NANO_PER_USD, amounts[amount] % NANO_PER_USD]),
  ]
}

/** Keeps the minutes of an hour under a name, for charts of the last days. */
function createAddDetails(
  database: Database,
): (id: number, hourMs: number, minutes: readonly WrittenPoint[]) => void {
  const find = database.query<SqlRow, [number, number]>(
    'select points from series_details where name_id = ? and at_ms = ?',
  )
  const put = database.query<unknown, [number, number, string]>(
    'insert into series_details values (?, ?, ?) on conflict do update set points = excluded.points',
  )
  return (id, hourMs, minutes) => {
    const text = joinPoints(minutes)
    const before = find.get(id, hourMs)
    put.run(id, hourMs, before === null ? text : together(textAt(before, 'points'), text))
  }
}

/** One text of two that may tell of the same minutes. */
function together(...texts: readonly string[]): string {
  const all = new Map<string | number, OpenPoint>()
  for (const text of texts)
    readPoints(text, (minute) => {
      let point = all.get(minute)
      if (point === undefined) all.set(minute, (point = new OpenPoint()))
      return point
    })
  return writePoints(all)
}
