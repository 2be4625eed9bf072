import type { Database } from 'bun:sqlite'
import { SCOPES } from '../../exchange/owner.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { Page, RequestFilter, RequestRow } from '../store.ts'
import { toPage, type Position } from './page-cursor.ts'
import { toRequestRow } from './request-row.ts'
import { clampLimit, numberAt, type SqlRow } from './sql-values.ts'

/** One line of the request log, or undefined when there is none of this id. */
export function readRequest(database: Database, id: string): RequestRow | undefined {
  const row = database.query<SqlRow, [string]>('select * from requests where id = ?').get(id)
  return row === null ? undefined : toRequestRow(row)
}

/** Lines in order of writing behind the one of an id, oldest first. */
export function readRequestsSince(database: Database, id: string | undefined, limit: number): RequestRow[] {
  // An id that is not there (any more) starts at the beginning: a follower may see a row again, but misses none.
  const known =
    id === undefined
      ? null
      : database.query<SqlRow, [string]>('select sequence from requests where id = ?').get(id)
  return database
    .query<SqlRow, [number, number]>('select * from requests where sequence > ? order by sequence limit ?')
    .all(known === null ? 0 : numberAt(known, 'sequence'), clampLimit(limit))
    .map(toRequestRow)
}

/** A question for a page of the request log. */
export interface RequestPageRead extends RequestFilter {
  readonly position: Position
  readonly limit: number
}

/** A page of lines, newest first. */
export function readRequestPage(
  database: Database,
  { position, limit, owners = {}, outcome }: RequestPageRead,
): Page<RequestRow> {
  const most = clampLimit(limit)
  const filters: Record<string, string> = {}
  const conditions: string[] = []
  for (const scope of SCOPES) {
    const id = owners[scope]
    if (id === undefined) continue
    filters[scope] = id
    conditions.push(`${OWNER_NAMES[scope]} = $${scope} and`)
  }
  if (outcome !== undefined) {
    filters['outcome'] = outcome
    conditions.push('outcome = $outcome and')
  }
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from requests where ${conditions.join(' ')} (at_ms, sequence) < ($atMs, $sequence)
       order by at_ms desc, sequence desc limit $most`,
    )
    .all({ ...filters, ...position, most: most + 1 })
  return toPage(rows, most, { timeColumn: 'at_ms', decode: toRequestRow })
}
