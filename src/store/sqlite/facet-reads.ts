import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Condition, RequestFilter } from '../request-query.ts'
import type { Facet, FacetQuestion, Neighbours } from '../request-facets.ts'
import type { Position } from './page-cursor.ts'
import { allOf, expressionOf, toSql, type SqlCondition } from './request-conditions.ts'
import { isTimeAlone, readRequestPage } from './request-reads.ts'
import { numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'

const ANYWHERE: SqlCondition = { sql: 'true', values: [] }

/** Counts lines by the values of a field: the newest of them, `LIMITS.facetRows` at most. */
export function readFacet(database: Database, { field, names, ...filter }: FacetQuestion): Facet {
  const hasOne: Condition = { field, not: true, tests: [{ is: '' }] }
  const wanted: RequestFilter = { ...filter, conditions: [...(filter.conditions ?? []), hasOne] }
  const { conditions: _asked, ...time } = filter
  const end = endAmong(database, toSql(time), 'order by at_ms desc, sequence desc')
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
    ...defined({ lookedAt: end && { rows: LIMITS.facetRows, atMs: end.atMs } }),
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
  const upwards = 'order by at_ms, sequence'
  const { conditions = [], ...time } = filter
  const near = allOf([toSql(time), beyond('>', at)])
  const end = isTimeAlone(conditions) ? undefined : endAmong(database, near, upwards)
  const within = end === undefined ? ANYWHERE : beyond('<=', end)
  const wanted = allOf([toSql(filter), beyond('>', at), within])
  const [found] = selectAll(
    database,
    `select id from requests where ${wanted.sql} ${upwards} limit 1`,
    wanted.values,
  )
  return found && textAt(found, 'id')
}

/** The last line that is looked at of those among which one looks; undefined where there are not so many. */
export function endAmong(
  database: Database,
  { sql, values }: SqlCondition,
  order: string,
): Position | undefined {
  const [row] = selectAll(
    database,
    `select at_ms, sequence from requests where ${sql} ${order} limit 1 offset ?`,
    [...values, LIMITS.facetRows - 1],
  )
  return row && { atMs: numberAt(row, 'at_ms'), sequence: numberAt(row, 'sequence') }
}

/** Lines on one side of a place in the order of time. */
export function beyond(sign: '>' | '>=' | '<=', { atMs, sequence }: Position): SqlCondition {
  return { sql: `(at_ms, sequence) ${sign} (?, ?)`, values: [atMs, sequence] }
}
