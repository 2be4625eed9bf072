import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { Json } from '../../kit/json.ts'
import { createSeriesHours } from './series-hours.ts'
import { createSeriesMinutes } from './series-minutes.ts'
import { createReach } from './series-reach.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { SeriesSums, SUMMED, writtenRow, type SeriesSource } from './series-sums.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

const SOURCES: readonly SeriesSource[] = ['requests', 'ledger']

/** Keeps the sums of series, on the writer's connection and within its transactions. */
export interface SeriesWriter {
  /** Takes a row that was written at a place of its table. */
  take(source: SeriesSource, row: readonly Json[], place: number): void
  /** Sums the rows that no sum holds yet, when there are enough of them, and makes hours of some minutes that are over. */
  keepUp(): void
  /** Sums some of the rows that were there before; true where there were any. */
  catchUp(): boolean
  /** Makes hours of some minutes that began before a time; true where there were any. */
  rollUp(beforeMs: number): boolean
  /** What was taken was not written after all. */
  forget(): void
}

/** Rows that were taken and stand in no sum yet. */
interface Taken {
  sums: SeriesSums
  /** Their first and last places, for each table; absent: none was taken. */
  readonly places: Map<SeriesSource, [first: number, last: number]>
  /** False once a place was left out: somebody else writes too, and the rows are read again. */
  isWhole: boolean
}

function nothingTaken(): Taken {
  return { sums: new SeriesSums(SERIES_SPANS.minute), places: new Map(), isWhole: true }
}

/** Prepares what keeps the sums. @param pending rows that may wait for it */
export function createSeriesWriter(database: Database, pending: number = LIMITS.seriesPending): SeriesWriter {
  const reach = createReach(database)
  const minutes = createSeriesMinutes(database)
  const makeHours = createSeriesHours(database, minutes)
  let taken = nothingTaken()
  const sumUp = (ranges: readonly Waiting[]): void => {
    const isTaken = taken.isWhole && ranges.every((range) => isRange(range, taken.places.get(range.source)))
    minutes.add(isTaken ? taken.sums : readSums(database, ranges))
    for (const { source, behind, after, newest } of ranges)
      reach.move(source, { behind, upto: isTaken ? newest : Math.min(newest, after + LIMITS.seriesRows) })
    taken = nothingTaken()
  }
  const catchUpWith = (source: SeriesSource): boolean => {
    const { behind, upto } = reach.of(source)
    if (behind <= 0) return false
    const oldest = oldestOf(database, source)
    const after = Math.max(oldest - 1, behind - LIMITS.seriesRows)
    if (after < behind) minutes.add(readSums(database, [{ source, after, newest: behind }]))
    makeHours()
    reach.move(source, { behind: after < oldest ? 0 : after, upto })
    return true
  }
  return {
    take(source, row, place) {
      const places = taken.places.get(source)
      if (places === undefined) taken.places.set(source, [place, place])
      else if (place === places[1] + 1) places[1] = place
      else taken.isWhole = false
      if (taken.isWhole) taken.sums.add(source, writtenRow(source, row))
    },
    keepUp() {
      const ranges = SOURCES.map((source): Waiting => {
        const { behind, upto } = reach.of(source)
        return { source, behind, after: upto, newest: newestOf(database, source) }
      })
      const rows = ranges.reduce((sum, { after, newest }) => sum + newest - after, 0)
      if (rows >= pending) sumUp(ranges)
      makeHours()
    },
    catchUp: () => SOURCES.some((source) => catchUpWith(source)) || makeHours(),
    rollUp: (beforeMs) => makeHours(beforeMs),
    forget() {
      taken = nothingTaken()
    },
  }
}

/** Rows of a table behind a place, up to another. */
interface Range {
  readonly source: SeriesSource
  readonly after: number
  readonly newest: number
}

interface Waiting extends Range {
  readonly behind: number
}

/** Were all rows of a range taken, or none where it has none? */
function isRange(
  { after, newest }: Range,
  places: readonly [first: number, last: number] | undefined,
): boolean {
  return places === undefined ? newest === after : places[0] === after + 1 && places[1] === newest
}

function readSums(database: Database, ranges: readonly Range[]): SeriesSums {
  const sums = new SeriesSums(SERIES_SPANS.minute)
  for (const { source, after, newest } of ranges)
    for (const row of rowsBetween(database, source, [after, Math.min(newest, after + LIMITS.seriesRows)]))
      sums.add(source, row)
  return sums
}

/** Rows of a table in a range of the order of writing, the first place exclusive. */
export function rowsBetween(
  database: Database,
  source: SeriesSource,
  [after, upto]: readonly [number, number],
): Iterable<SqlRow> {
  return database
    .query<SqlRow, [number, number]>(
      `select ${SUMMED[source].join(', ')} from ${source} where sequence > ? and sequence <= ?`,
    )
    .iterate(after, upto)
}

/** The place of the newest row of a table; 0 where there is none. */
export function newestOf(database: Database, source: SeriesSource): number {
  const row = database.query<SqlRow, []>(`select max(sequence) as place from ${source}`).get()
  return row === null ? 0 : numberAt(row, 'place')
}

function oldestOf(database: Database, source: SeriesSource): number {
  const row = database.query<SqlRow, []>(`select min(sequence) as place from ${source}`).get()
  return row === null ? 0 : numberAt(row, 'place')
}
