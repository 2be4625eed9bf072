import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import { SERIES_DIMENSIONS } from '../series.ts'
import { OpenPoint, type SeriesKind, type SeriesSums } from './series-sums.ts'
import { SERIES_SPANS } from './series-spans.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'
import {
  addWritten,
  pointsIn,
  readPoints,
  withHead,
  writePoints,
  type WrittenPoint,
} from './written-points.ts'

/** The whole last: every minute has it, so that it tells which minutes there are. */
const KINDS: readonly SeriesKind[] = [...SERIES_DIMENSIONS, 'all']
/** Requests are told when they are over, by the time at which they began: most have come by then. */
const GRACE_MS = 15 * 60_000

/** All minutes of one kind in one hour. */
export interface MinutesOfHour {
  readonly kind: SeriesKind
  readonly hourMs: number
  readonly names: ReadonlyMap<string, NamedHour>
}

/** The hour of one name: its sum, and its minutes as they are written, each under its number. */
export interface NamedHour {
  readonly sum: OpenPoint
  readonly minutes: WrittenPoint[]
}

/** Sums of minutes that are still in use: one text for each kind and minute, with all its names. */
export interface SeriesMinutes {
  add(sums: SeriesSums): void
  /** Takes one kind of the oldest hour that is over (or, with a time, began before it); undefined where there is none. */
  takeHour(beforeMs?: number): MinutesOfHour | undefined
  newestMs(): number
}

/** Prepares what keeps them. */
export function createSeriesMinutes(database: Database): SeriesMinutes {
  const find = database.query<SqlRow, [string, number]>(
    'select points from series_minutes where kind = ? and at_ms = ?',
  )
  const put = database.query<unknown, [string, number, string]>(
    'insert into series_minutes values (?, ?, ?) on conflict do update set points = excluded.points',
  )
  const bounds = database.query<SqlRow, []>(
    `select (select min(at_ms) from series_minutes where kind = 'all') as oldest,
       (select max(at_ms) from series_minutes where kind = 'all') as newest`,
  )
  const take = database.query<SqlRow, [string, number, number]>(
    'delete from series_minutes where kind = ? and at_ms >= ? and at_ms < ? returning at_ms, points',
  )
  const takeKind = (kind: SeriesKind, hourMs: number): MinutesOfHour | undefined => {
    const rows = take.all(kind, hourMs, hourMs + SERIES_SPANS.hour)
    if (rows.length === 0) return undefined
    const names = new Map<string, NamedHour>()
    for (const row of rows) {
      const minute = (numberAt(row, 'at_ms') - hourMs) / SERIES_SPANS.minute
      for (const [name, written] of pointsIn(textAt(row, 'points'))) {
        const { sum, minutes } = hourOf(names, String(name))
        addWritten(sum, written)
        minutes.push(withHead(minute, written))
      }
    }
    return { kind, hourMs, names }
  }
  return {
    add(sums) {
      for (const [atMs, kinds] of sums.intervals)
        for (const [kind, fresh] of kinds) {
          const points = new Map(fresh)
          const before = find.get(kind, atMs)
          if (before !== null) readPoints(textAt(before, 'points'), (name) => pointOf(points, String(name)))
          put.run(kind, atMs, writePoints(heaviest(points)))
        }
    },
    takeHour(beforeMs) {
      const row = bounds.get()
      if (row === null || row['oldest'] === null) return undefined
      const oldestMs = numberAt(row, 'oldest')
      const hourMs = oldestMs - (oldestMs % SERIES_SPANS.hour)
      const isOver = hourMs + SERIES_SPANS.hour + GRACE_MS <= numberAt(row, 'newest')
      if (!isOver && !(beforeMs !== undefined && hourMs < beforeMs)) return undefined
      for (const kind of KINDS) {
        const minutes = takeKind(kind, hourMs)
        if (minutes !== undefined) return minutes
      }
      return undefined
    },
    newestMs() {
      const row = bounds.get()
      return row === null ? 0 : numberAt(row, 'newest')
    },
  }
}

/** A client can invent names: of more than there may be in a minute, the heaviest stay, and the others are in the whole alone. */
function heaviest(points: ReadonlyMap<string, OpenPoint>): Iterable<readonly [string, OpenPoint]> {
  if (points.size <= LIMITS.seriesNames) return points
  const ranked = [...points].toSorted(([, one], [, other]) => other.weight - one.weight)
  return ranked.slice(0, LIMITS.seriesNames)
}

function hourOf(names: Map<string, NamedHour>, name: string): NamedHour {
  let hour = names.get(name)
  if (hour === undefined) names.set(name, (hour = { sum: new OpenPoint(), minutes: [] }))
  return hour
}

function pointOf(points: Map<string, OpenPoint>, name: string): OpenPoint {
  let point = points.get(name)
  if (point === undefined) points.set(name, (point = new OpenPoint()))
  return point
}

/** Reads the minutes of a kind in a time, point by point; `isWanted` says of which names. */
export function readMinutes(
  database: Database,
  { kind, fromMs, toMs }: { readonly kind: SeriesKind; readonly fromMs: number; readonly toMs: number },
  pointOf: (name: string, atMs: number, weight: number) => OpenPoint | undefined,
): void {
  const rows = database
    .query<SqlRow, [string, number, number]>(
      'select at_ms, points from series_minutes where kind = ? and at_ms >= ? and at_ms < ?',
    )
    .iterate(kind, fromMs, toMs)
  for (const row of rows) {
    const atMs = numberAt(row, 'at_ms')
    readPoints(textAt(row, 'points'), (name, weight) => pointOf(String(name), atMs, weight))
  }
}
