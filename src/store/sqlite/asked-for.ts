import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { LedgerRow } from '../store.ts'
import { toLedgerRow } from './ledger-row.ts'
import { clampLimit, type SqlRow } from './sql-values.ts'

/**
 * Rows of what the house asked on behalf of a request. No index tells of them, since nearly every row has no parent: they stand soon
 * behind the request, and so many rows are looked through for them.
 */
export function readAskedFor(
  database: Database,
  requestId: string,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): LedgerRow[] {
  return database
    .query<SqlRow, [number, number, number, string, number]>(
      `select * from ledger where sequence in (
         select sequence from (
           select sequence, parent_id from ledger where at_ms >= ? and at_ms < ? order by at_ms limit ?
         ) where parent_id = ?
       ) order by at_ms, sequence limit ?`,
    )
    .all(fromMs, toMs, LIMITS.queryRows, requestId, clampLimit(Number.POSITIVE_INFINITY))
    .map(toLedgerRow)
}
