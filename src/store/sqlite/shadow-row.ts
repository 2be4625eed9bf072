import type { ShadowRow } from '../shadow-rows.ts'
import { SHADOW_COLUMNS } from '../shadow-text.ts'
import type { SqlRow } from './sql-values.ts'
import { insertInto, toStoredRow } from './stored-rows.ts'

/** Writes one comparison. */
export const INSERT_SHADOW_ROW = insertInto('shadows', SHADOW_COLUMNS, 'request_id')

/** Reads a row of the table `shadows`. */
export function toShadowRow(row: SqlRow): ShadowRow {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member was read as its column says
  return toStoredRow(SHADOW_COLUMNS, row) as unknown as ShadowRow
}
