import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { mergeHistogram, readHistogram, writeHistogram, type Histogram } from '../histogram.ts'
import { ATTEMPT_SUMS, REQUEST_SUMS, SERIES_AMOUNTS } from '../series.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { SeriesSums, SUMMED, type OpenPoint, type SeriesKind, type SeriesSource } from './series-sums.ts'
import { SERIES_COLUMNS } from './series-tables.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'

const NANO_PER_USD = 1_000_000_000n
const SOURCES: readonly SeriesSource[] = ['requests', 'ledger']

/** Keeps the sums of series, on the writer's connection and within its transactions. */
export interface SeriesWriter {
  /** Sums the rows of a table that no sum holds yet, when there are enough of them. */
  keepUp(source: SeriesSource): void
  /** Sums some of the rows that were there before; true where there were any. */
  catchUp(): boolean
}

/** Prepares what keeps the sums. */
export function createSeriesWriter(database: Database): SeriesWriter {
  const reach = database.query<SqlRow, [string]>('select behind, upto from series_reach where source = ?')
  const move = database.query<unknown, [number, number, string]>(
    'update series_reach set behind = ?, upto = ? where source = ?',
  )
  const nameIds = createNames(database)
  const write = createWrites(database)
  const sumUp = (source: SeriesSource, after: number, upto: number): void => {
    const sums = new SeriesSums(SERIES_SPANS.minute)
    for (const row of rowsBetween(database, source, [after, upto])) sums.add(source, row)
    const hours = sums.coarser(SERIES_SPANS.hour)
    const days = hours.coarser(SERIES_SPANS.day)
    const ids = nameIds(days)
    write({ spanMs: SERIES_SPANS.minute, sums, ids })
    write({ spanMs: SERIES_SPANS.hour, sums: hours, ids })
    write({ spanMs: SERIES_SPANS.day, sums: days, ids })
  }
  return {
    keepUp(source) {
      const newest = newestOf(database, source)
      const at = reach.get(source)
      if (at === null || newest - numberAt(at, 'upto') < LIMITS.seriesPending) return
      const upto = numberAt(at, 'upto')
      const next = Math.min(newest, upto + LIMITS.seriesRows)
      sumUp(source, upto, next)
      move.run(numberAt(at, 'behind'), next, source)
    },
    catchUp: () => SOURCES.some((source) => catchUpWith(source)),
  }

  function catchUpWith(source: SeriesSource): boolean {
    const at = reach.get(source)
    const behind = at === null ? 0 : numberAt(at, 'behind')
    const oldest = behind === 0 ? 0 : oldestOf(database, source)
    if (at === null || behind <= 0) return false
    const after = Math.max(oldest - 1, behind - LIMITS.seriesRows)
    if (after < behind) sumUp(source, after, behind)
    move.run(after < oldest ? 0 : after, numberAt(at, 'upto'), source)
    return true
  }
}

/** Rows of a table in a range of the order of writing, the first place exclusive. */
export function rowsBetween(
  database: Database,
  source: SeriesSource,
  [after, upto]: readonly [number, number],
): Iterable<SqlRow> {
  return database
    .query<SqlRow, [number, number]>(
      `select ${SUMMED[source]} from ${source} where sequence > ? and sequence <= ?`,
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

/** Ids of names, by kind and name. */
type NameIds = ReadonlyMap<string, number>

interface Writing {
  readonly spanMs: number
  readonly sums: SeriesSums
  readonly ids: NameIds
}

function createWrites(database: Database): (writing: Writing) => void {
  const known = database.query<SqlRow, [number, number, number]>(
    'select durations, first_events from series where name_id = ? and span_ms = ? and at_ms = ?',
  )
  const columns = [...SERIES_COLUMNS, 'durations', 'first_events']
  const upsert = database.query<unknown, (number | bigint | string)[]>(
    `insert into series (name_id, span_ms, at_ms, ${columns.join(', ')}) values (?, ?, ?${', ?'.repeat(columns.length)})
     on conflict do update set ${SERIES_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
       durations = excluded.durations, first_events = excluded.first_events`,
  )
  return ({ spanMs, sums, ids }) => {
    for (const { atMs, kind, name, point } of sums.entries()) {
      const id = ids.get(keyOf(kind, name))
      if (id === undefined) continue
      const before = known.get(id, spanMs, atMs)
      const durations = withWritten(point.durations, before, 'durations')
      const firstEvents = withWritten(point.firstEvents, before, 'first_events')
      upsert.run(id, spanMs, atMs, ...valuesOf(point), durations, firstEvents)
    }
  }
}

/** Gives the ids of all names of some sums. One that is new where there is no room takes the place of those that were counted least. */
function createNames(database: Database): (sums: SeriesSums) => NameIds {
  const add = database.query<SqlRow, [string, string, number]>(
    `insert into series_names (dimension, name, weight) values (?, ?, ?)
     on conflict do update set weight = weight + excluded.weight returning id`,
  )
  const count = database.query<SqlRow, [string]>(
    'select count(*) as names from series_names where dimension = ?',
  )
  const lightest = database.query<SqlRow, [string, number]>(
    'select id from series_names where dimension = ? order by weight, id limit ?',
  )
  const forgetName = database.query<unknown, [number]>('delete from series_names where id = ?')
  const forgetSums = database.query<unknown, [number]>('delete from series where name_id = ?')
  /** Gives the number of free places. The heavier half stays, whoever comes. */
  const makeRoom = (kind: SeriesKind, needed: number): number => {
    const row = count.get(kind)
    const names = row === null ? 0 : numberAt(row, 'names')
    const free = LIMITS.seriesNames - names
    if (needed <= free) return free
    const leaving = Math.min(needed - free + LIMITS.seriesNames / 10, names - LIMITS.seriesNames / 2)
    for (const light of leaving <= 0 ? [] : lightest.all(kind, leaving)) {
      forgetSums.run(numberAt(light, 'id'))
      forgetName.run(numberAt(light, 'id'))
    }
    return free + Math.max(0, leaving)
  }
  const find = database.query<SqlRow, [string, string]>(
    'select id from series_names where dimension = ? and name = ?',
  )
  return (sums) => {
    const weights = new Map<string, Weighed>()
    for (const { kind, name, point } of sums.entries()) {
      const key = keyOf(kind, name)
      weights.set(key, { kind, name, weight: (weights.get(key)?.weight ?? 0) + point.weight })
    }
    const isNew = ({ kind, name }: Weighed): boolean => find.get(kind, name) === null
    const unfit = withoutPlace([...weights.values()].filter(isNew), makeRoom)
    const ids = new Map<string, number>()
    for (const [key, one] of weights) {
      const row = unfit.has(one) ? null : add.get(one.kind, one.name, one.weight)
      if (row !== null) ids.set(key, numberAt(row, 'id'))
    }
    return ids
  }
}

interface Weighed {
  readonly kind: SeriesKind
  readonly name: string
  readonly weight: number
}

/** Those of the new names for which there is no place: the lightest of each kind. They are in the whole alone. */
function withoutPlace(
  fresh: readonly Weighed[],
  makeRoom: (kind: SeriesKind, needed: number) => number,
): ReadonlySet<Weighed> {
  const unfit = new Set<Weighed>()
  for (const kind of new Set(fresh.map((one) => one.kind))) {
    const ofKind = fresh
      .filter((one) => one.kind === kind)
      .toSorted((one, other) => other.weight - one.weight)
    const free = makeRoom(kind, ofKind.length)
    for (const one of ofKind.slice(Math.max(0, free))) unfit.add(one)
  }
  return unfit
}

function keyOf(kind: SeriesKind, name: string): string {
  return `${kind} ${name}`
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
    ...[...REQUEST_SUMS, ...ATTEMPT_SUMS].map((sum) => sums[sum]),
    ...SERIES_AMOUNTS.flatMap((amount) => [amounts[amount] / NANO_PER_USD, amounts[amount] % NANO_PER_USD]),
  ]
}

/** The name of a column of sums as members are called. */
export const SUM_COLUMNS = [...REQUEST_SUMS, ...ATTEMPT_SUMS].map((sum) => ({
  sum,
  column: underscored(sum),
}))
