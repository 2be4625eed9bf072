import { REQUEST_COLUMNS } from '../request-text.ts'
import type { RequestRow } from '../store.ts'
import type { SqlRow } from './sql-values.ts'
import { insertInto, toStoredRow } from './stored-rows.ts'

/** Writes one line of the request log. */
export const INSERT_REQUEST_ROW = insertInto('requests', REQUEST_COLUMNS, 'id')

/** Reads a row of the table `requests`. */
export function toRequestRow(row: SqlRow): RequestRow {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member was read as its column says
  return toStoredRow(REQUEST_COLUMNS, row) as unknown as RequestRow
}
