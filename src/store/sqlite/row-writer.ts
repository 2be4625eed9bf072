import type { Database } from 'bun:sqlite'
import { INSERT_LEDGER_ROW } from './ledger-row.ts'
import { INSERT_REQUEST_ROW } from './request-row.ts'
import type { WrittenValue } from './sql-values.ts'

/** The tables that are written in batches. */
export type BatchedTable = 'ledger' | 'requests'

/** Rows of one transaction, as the values of each table's insert. */
export type WriteBatch = Readonly<Record<BatchedTable, readonly (readonly WrittenValue[])[]>>

/** Takes rows and resolves when they are committed. Rejects when they were not; the same rows may then be written again. */
export interface RowWriter {
  write(table: BatchedTable, rows: readonly (readonly WrittenValue[])[]): Promise<void>
  /** Commits what is waiting, then releases the connection. */
  close(): Promise<void>
}

/** Prepares a function that commits a batch in one transaction. */
export function createCommit(database: Database): (batch: WriteBatch) => void {
  const insertLedger = database.query(INSERT_LEDGER_ROW)
  const insertRequest = database.query(INSERT_REQUEST_ROW)
  const commit = database.transaction((batch: WriteBatch) => {
    for (const row of batch.ledger) insertLedger.run(...row)
    for (const row of batch.requests) insertRequest.run(...row)
  })
  return (batch) => commit.immediate(batch)
}

/** Writes on the caller's own connection and thread: for databases in memory, which no other thread can see. */
export function createInlineWriter(database: Database): RowWriter {
  const commit = createCommit(database)
  return {
    async write(table, rows) {
      commit({ ledger: [], requests: [], [table]: rows })
    },
    async close() {},
  }
}
