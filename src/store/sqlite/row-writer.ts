import type { Database, Statement } from 'bun:sqlite'
import { isArray, parseJson, type Json } from '../../kit/json.ts'
import { INSERT_LEDGER_ROW } from './ledger-row.ts'
import { createMarkWriter } from './mark-writes.ts'
import type { Expiry, Pruned } from '../store.ts'
import { createPrune } from './prune.ts'
import { createContentWrites } from './content-writes.ts'
import { createAnswerWrites } from './answer-writes.ts'
import { createReplyWrites } from './reply-writes.ts'
import { createResponseWrites } from './response-writes.ts'
import { createVaultWrites } from './vault-writes.ts'
import { INSERT_REQUEST_ROW } from './request-row.ts'
import { INSERT_SHADOW_ROW } from './shadow-row.ts'
import type { SeriesSource } from './series-sums.ts'
import { createSeriesWriter } from './series-writes.ts'
import { createHoursWriter } from './usage-hours.ts'

/** The tables that are written in batches. */
export type BatchedTable =
  | 'answers'
  | 'contents'
  | 'ledger'
  | 'replies'
  | 'requests'
  | 'responses'
  | 'shadows'
  | 'vault'

/** Rows of one transaction, each the array of the values of its insert; those of some tables are spelled by their own `*-writes.ts`. */
export type WriteBatch = Readonly<Record<BatchedTable, readonly Json[]>>

/** Takes rows and resolves when they are committed. Rejects when they were not; the same rows may then be written again. */
export interface RowWriter {
  /** @param rows each the values of its insert as a JSON array */
  write(table: BatchedTable, rows: readonly string[]): Promise<void>
  /** Removes a batch of what need not be kept. */
  prune(expiry: Expiry): Promise<Pruned>
  /** Commits what is waiting, then releases the connection. */
  close(): Promise<void>
}

/** Prepares a function that commits a batch in one transaction. @param pending rows that may wait for their sums */
export function createCommit(database: Database, pending?: number): (batch: WriteBatch) => void {
  const insertLedger: Statement = database.query(INSERT_LEDGER_ROW)
  const insertRequest: Statement = database.query(INSERT_REQUEST_ROW)
  const insertShadow: Statement = database.query(INSERT_SHADOW_ROW)
  const writeResponse = createResponseWrites(database)
  const writeReply = createReplyWrites(database)
  const writeAnswer = createAnswerWrites(database)
  const writeValue = createVaultWrites(database)
  const hours = createHoursWriter(database)
  const writeContent = createContentWrites(database)
  const series = createSeriesWriter(database, pending)
  const marks = createMarkWriter(database)
  // A row is handed over as one array: spreading it into arguments costs a tenth more.
  const insert = (source: SeriesSource, statement: Statement, row: Json): void => {
    const { changes, lastInsertRowid } = statement.run(row)
    if (changes === 0 || !isArray(row)) return
    series.take(source, row, Number(lastInsertRowid))
    if (source === 'requests') marks.take(row, Number(lastInsertRowid))
  }
  const commit = database.transaction((batch: WriteBatch) => {
    for (const row of batch.ledger) insert('ledger', insertLedger, row)
    for (const row of batch.requests) insert('requests', insertRequest, row)
    for (const row of batch.responses) writeResponse(row)
    for (const row of batch.replies) writeReply(row)
    for (const row of batch.answers) writeAnswer(row)
    for (const row of batch.vault) writeValue(row)
    for (const row of batch.shadows) insertShadow.run(row)
    for (const row of batch.contents) writeContent(row)
    if (batch.ledger.length > 0) hours.keepUp()
    if (batch.ledger.length + batch.requests.length > 0) series.keepUp()
    if (batch.requests.length > 0) marks.keepUp()
  })
  return (batch) => {
    try {
      commit.immediate(batch)
    } catch (error) {
      series.forget()
      marks.forget()
      throw error
    }
  }
}

/** Writes on the caller's own connection and thread: for databases in memory, which no other thread can see. */
export function createInlineWriter(database: Database, pending?: number): RowWriter {
  const commit = createCommit(database, pending)
  const prune = createPrune(database)
  return {
    async write(table, rows) {
      commit({
        answers: [],
        contents: [],
        ledger: [],
        replies: [],
        requests: [],
        responses: [],
        shadows: [],
        vault: [],
        [table]: rows.map((row) => parseJson(row)),
      })
    },
    prune: async (expiry) => prune(expiry),
    async close() {},
  }
}
