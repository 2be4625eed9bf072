import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { SeriesKind } from './series-sums.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** Names of one kind with how many rows were summed under each. */
export interface WeighedNames {
  readonly kind: SeriesKind
  readonly weights: ReadonlyMap<string, number>
}

/**
 * Prepares what gives names their ids. One that is new where there is no room takes the place of those that were counted least; one that is
 * lighter still gets none, and is in the whole alone.
 */
export function createSeriesNames(database: Database): (names: WeighedNames) => ReadonlyMap<string, number> {
  const add = database.query<SqlRow, [string, string, number]>(
    `insert into series_names (dimension, name, weight) values (?, ?, ?)
     on conflict do update set weight = weight + excluded.weight returning id`,
  )
  const find = database.query<SqlRow, [string, string]>(
    'select id from series_names where dimension = ? and name = ?',
  )
  const makeRoom = createRoom(database)
  return ({ kind, weights }) => {
    const fresh = [...weights].filter(([name]) => find.get(kind, name) === null)
    const free = Math.max(0, makeRoom(kind, fresh.length))
    const unfit = new Set(
      fresh
        .toSorted(([, one], [, other]) => other - one)
        .slice(free)
        .map(([name]) => name),
    )
    const ids = new Map<string, number>()
    for (const [name, weight] of weights) {
      const row = unfit.has(name) ? null : add.get(kind, name, weight)
      if (row !== null) ids.set(name, numberAt(row, 'id'))
    }
    return ids
  }
}

/** Prepares what makes room for so many names of a kind, and gives the number of free places. The heavier half stays, whoever comes. */
function createRoom(database: Database): (kind: SeriesKind, needed: number) => number {
  const count = database.query<SqlRow, [string]>(
    'select count(*) as names from series_names where dimension = ?',
  )
  const lightest = database.query<SqlRow, [string, number]>(
    'select id from series_names where dimension = ? order by weight, id limit ?',
  )
  const forgetName = database.query<unknown, [number]>('delete from series_names where id = ?')
  const forgetSums = database.query<unknown, [number]>('delete from series where name_id = ?')
  const forgetDetails = database.query<unknown, [number]>('delete from series_details where name_id = ?')
  return (kind, needed) => {
    const row = count.get(kind)
    const names = row === null ? 0 : numberAt(row, 'names')
    const free = LIMITS.seriesNames - names
    if (needed <= free) return free
    const leaving = Math.min(needed - free + LIMITS.seriesNames / 10, names - LIMITS.seriesNames / 2)
    for (const light of leaving <= 0 ? [] : lightest.all(kind, leaving)) {
      const id = numberAt(light, 'id')
      forgetSums.run(id)
      forgetDetails.run(id)
      forgetName.run(id)
    }
    return free + Math.max(0, leaving)
  }
}
