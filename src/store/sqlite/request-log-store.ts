import type { Database } from 'bun:sqlite'
import type { Page, PageQuery, RequestLogStore, RequestRow } from '../store.ts'
import { readCursor, toPage } from './page-cursor.ts'
import { toRequestRow } from './request-row.ts'
import type { RowWriter } from './row-writer.ts'
import { clampLimit, numberAt, type SqlRow } from './sql-values.ts'

/** Creates the reader of the request log on a connection; rows go through the writer. */
export function createRequestLogStore(database: Database, writer: RowWriter): RequestLogStore {
  return {
    append: (rows) => writer.write('requests', rows),
    async find(id) {
      const row = database.query<SqlRow, [string]>('select * from requests where id = ?').get(id)
      return row === null ? undefined : toRequestRow(row)
    },
    list: async (query) => listRows(database, query),
    async since(id, limit) {
      // An id that is not there (any more) starts at the beginning: a follower may see a row again, but misses none.
      const known =
        id === undefined
          ? null
          : database.query<SqlRow, [string]>('select sequence from requests where id = ?').get(id)
      return database
        .query<SqlRow, [number, number]>(
          'select * from requests where sequence > ? order by sequence limit ?',
        )
        .all(known === null ? 0 : numberAt(known, 'sequence'), clampLimit(limit))
        .map(toRequestRow)
    },
  }
}

function listRows(
  database: Database,
  query: PageQuery & { readonly keyId?: string; readonly outcome?: string },
): Page<RequestRow> {
  const { atMs, sequence } = readCursor(query.after)
  const limit = clampLimit(query.limit)
  const filters: Record<string, string> = {}
  const conditions: string[] = []
  if (query.keyId !== undefined) {
    filters['keyId'] = query.keyId
    conditions.push('key_id = $keyId and')
  }
  if (query.outcome !== undefined) {
    filters['outcome'] = query.outcome
    conditions.push('outcome = $outcome and')
  }
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from requests where ${conditions.join(' ')} (at_ms, sequence) < ($atMs, $sequence)
       order by at_ms desc, sequence desc limit $most`,
    )
    .all({ ...filters, atMs, sequence, most: limit + 1 })
  return toPage(rows, limit, { timeColumn: 'at_ms', decode: toRequestRow })
}
