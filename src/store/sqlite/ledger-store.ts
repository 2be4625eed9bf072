import type { LedgerStore } from '../store.ts'
import { readCursor } from './page-cursor.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the ledger's store over whoever reads and writes its rows. */
export function createLedgerStore(reader: RowReader, writer: RowWriter): LedgerStore {
  return {
    append: (rows) => writer.write('ledger', rows),
    spentSince: (account, fromMs) => reader.read('spent', account, fromMs),
    async list({ limit, after, requestId }) {
      return reader.read('ledgerPage', { position: readCursor(after), limit, requestId })
    },
    askedFor: (requestId, time) => reader.read('askedFor', requestId, time),
    usage: (query) => reader.read('usage', query),
  }
}
