import { NO_COUNTS } from '../../exchange/units.ts'
import { LEDGER_COLUMNS } from '../ledger-text.ts'
import type { LedgerRow } from '../store.ts'
import type { SqlRow } from './sql-values.ts'
import { insertInto, toStoredRow } from './stored-rows.ts'

/** Writes one row of the ledger. */
export const INSERT_LEDGER_ROW = insertInto('ledger', LEDGER_COLUMNS, 'request_id, id')

/** Reads a row of the table `ledger`. */
export function toLedgerRow(row: SqlRow): LedgerRow {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member was read as its column says
  const stored = toStoredRow(LEDGER_COLUMNS, row) as unknown as LedgerRow
  return { ...stored, usage: { ...NO_COUNTS, ...stored.usage } }
}
