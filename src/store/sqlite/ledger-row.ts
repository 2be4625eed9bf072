import { LEDGER_COLUMNS } from '../ledger-text.ts'
import type { LedgerRow } from '../store.ts'
import type { SqlRow } from './sql-values.ts'
import { insertInto, toStoredRow } from './stored-rows.ts'

/** Writes one row of the ledger. */
export const INSERT_LEDGER_ROW = insertInto('ledger', LEDGER_COLUMNS, 'request_id, id')

/** Reads a row of the table `ledger`. */
export function toLedgerRow(row: SqlRow): LedgerRow {
  return toStoredRow(LEDGER_COLUMNS, row)
}
