import type { Database } from 'bun:sqlite'
import type { SaidQuery } from '../contents.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import { unpackContent } from '../spell-content.ts'
import type { Page, SaidRow } from '../store.ts'
import { writeCursor, type Position } from './page-cursor.ts'
import { toRequestRow } from './request-row.ts'
import { clampLimit, numberAt, type SqlRow } from './sql-values.ts'

const COLUMNS = REQUEST_COLUMNS.map(({ name }) => `requests.${name}`).join(', ')

/** What is kept, newest first, with the lines that it belongs to. */
export function readSaid(
  database: Database,
  { position, limit, fromMs, toMs, route }: Omit<SaidQuery, 'after'> & { readonly position: Position },
): Page<SaidRow> {
  const most = clampLimit(limit)
  // By the time of the content, which is indexed, and no line is read that is not meant.
  const statement = database.prepare<SqlRow & { readonly body: never }, (string | number)[]>(
    `select requests.sequence as sequence, ${COLUMNS}, kept.at_ms as kept_at_ms, kept.sequence as place, kept.body
       from contents as kept join requests on requests.id = kept.request_id
      where kept.body is not null and kept.at_ms >= ? and kept.at_ms < ? and (kept.at_ms, kept.sequence) < (?, ?)
        ${route === undefined ? '' : 'and requests.route = ?'}
      order by kept.at_ms desc, kept.sequence desc limit ?`,
  )
  try {
    const values = [fromMs, toMs, position.atMs, position.sequence, ...(route === undefined ? [] : [route])]
    const rows = statement.all(...values, most + 1)
    const last = rows.length > most ? rows[most - 1] : undefined
    const said = rows
      .slice(0, most)
      .map((row) => ({ row: toRequestRow(row), text: unpackContent(row.body) ?? '' }))
    if (last === undefined) return { rows: said }
    return {
      rows: said,
      next: writeCursor({ atMs: numberAt(last, 'kept_at_ms'), sequence: numberAt(last, 'place') }),
    }
  } finally {
    statement.finalize()
  }
}
