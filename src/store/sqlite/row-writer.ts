import type { Database, Statement } from 'bun:sqlite'
import { INSERT_LEDGER_ROW } from './ledger-row.ts'
import { INSERT_REQUEST_ROW } from './request-row.ts'
import type { WrittenValue } from './sql-values.ts'

/** The tables that are written in batches. */
export type BatchedTable = 'ledger' | 'requests'

/** Rows of one table, as the values of its insert. */
export type WrittenRows = readonly WrittenValue[][]

/** Rows of one transaction: those of several calls of `write`, each as it came. */
export type WriteBatch = Readonly<Record<BatchedTable, readonly WrittenRows[]>>

/** Takes rows and resolves when they are committed. Rejects when they were not; the same rows may then be written again. */
export interface RowWriter {
  write(table: BatchedTable, rows: WrittenRows): Promise<void>
  /** Commits what is waiting, then releases the connection. */
  close(): Promise<void>
}

/** Prepares a function that commits a batch in one transaction. */
export function createCommit(database: Database): (batch: WriteBatch) => void {
  const insertLedger: Statement = database.query(INSERT_LEDGER_ROW)
  const insertRequest: Statement = database.query(INSERT_REQUEST_ROW)
  // A row is handed over as one array: spreading it into arguments costs a tenth more.
  const commit = database.transaction((batch: WriteBatch) => {
    for (const rows of batch.ledger) for (const row of rows) insertLedger.run(row)
    for (const rows of batch.requests) for (const row of rows) insertRequest.run(row)
  })
  return (batch) => commit.immediate(batch)
}

/** Writes on the caller's own connection and thread: for databases in memory, which no other thread can see. */
export function createInlineWriter(database: Database): RowWriter {
  const commit = createCommit(database)
  return {
    async write(table, rows) {
      commit({ ledger: [], requests: [], [table]: [rows] })
    },
    async close() {},
  }
}
