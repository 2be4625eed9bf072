import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import type { Condition, RequestFilter } from '../request-query.ts'
import type { Facet, FacetQuestion, Neighbours } from '../request-facets.ts'
import type { Position } from './page-cursor.ts'
import { allOf, expressionOf, mostLines, toSql, type SqlCondition } from './request-conditions.ts'
import { endOfLook, isTimeAlone, readRequestPage } from './request-reads.ts'
import { numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'

const ANYWHERE: SqlCondition = { sql: 'true', values: [] }

/** Counts lines by the values of a field: the newest of them, no more than one may look at. */
export function readFacet(database: Database, { field, names, ...filter }: FacetQuestion): Facet {
  const hasOne: Condition = { field, not: true, tests: [{ is: '' }] }
  const wanted: RequestFilter = { ...filter, conditions: [...(filter.conditions ?? []), hasOne] }
  const end = endOfLook(database, ANYWHERE, wanted)
  const within = end === undefined ? ANYWHERE : beyond('>=', end)
  const { sql, values } = allOf([toSql(wanted), within])
  const rows = selectAll(
    database,
    `select ${expressionOf(field)} as value, count(*) as requests, count(*) over () as names
     from requests where ${sql} group by 1 order by 2 desc, 1 limit ?`,
    [...values, names],
  )
  const [first] = rows
  return {
    values: rows.map((row) => ({ value: textAt(row, 'value'), requests: numberAt(row, 'requests') })),
    others: first === undefined ? 0 : Math.max(0, numberAt(first, 'names') - rows.length),
    ...defined({ lookedAt: end && { rows: mostLines(wanted.conditions ?? []), atMs: end.atMs } }),
  }
}

/** Finds the lines beside one of an id among those that are asked for, as far as one may look. */
export function readNeighbours(database: Database, id: string, filter: RequestFilter): Neighbours {
  const row = database.query<SqlRow, [string]>('select at_ms, sequence from requests where id = ?').get(id)
  if (row === null) return {}
  const at = { atMs: numberAt(row, 'at_ms'), sequence: numberAt(row, 'sequence') }
  const [older] = readRequestPage(database, { ...filter, position: at, limit: 1 }).rows
  return defined({ newer: newerThan(database, at, filter), older: older?.id })
}

function newerThan(database: Database, at: Position, filter: RequestFilter): string | undefined {
  const upwards = 'order by at_ms, sequence limit 1'
  const { conditions = [], ...time } = filter
  const near = allOf([toSql(time), beyond('>', at)])
  const [end] = isTimeAlone(conditions)
    ? []
    : selectAll(database, `select at_ms, sequence from requests where ${near.sql} ${upwards} offset ?`, [
        ...near.values,
        mostLines(conditions) - 1,
      ])
  const within =
    end === undefined
      ? ANYWHERE
      : beyond('<=', { atMs: numberAt(end, 'at_ms'), sequence: numberAt(end, 'sequence') })
  const wanted = allOf([toSql(filter), beyond('>', at), within])
  const [found] = selectAll(database, `select id from requests where ${wanted.sql} ${upwards}`, wanted.values)
  return found && textAt(found, 'id')
}

function beyond(sign: '>' | '>=' | '<=', { atMs, sequence }: Position): SqlCondition {
  return { sql: `(at_ms, sequence) ${sign} (?, ?)`, values: [atMs, sequence] }
}
