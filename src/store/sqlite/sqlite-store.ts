import type { Clock } from '../../kit/clock.ts'
import type { Store } from '../store.ts'
import { createKeyStore } from './key-store.ts'
import { createLedgerStore } from './ledger-store.ts'
import { openDatabase } from './open-database.ts'
import { createRequestLogStore } from './request-log-store.ts'
import { createInlineWriter } from './row-writer.ts'
import { createSettingsStore } from './settings-store.ts'
import { openWorkerWriter } from './worker-writer.ts'

export interface SqliteStoreOptions {
  /** A file, created when absent, or `:memory:`. */
  readonly path: string
  readonly clock: Clock
  /** Longest time that rows of the ledger and the request log wait for company. */
  readonly flushWithinMs?: number
}

/**
 * How long rows wait for company by default. Each commit costs as much as two dozen rows, so waiting saves work; but on a core that
 * the event loop shares with the writer, a longer wait makes batches that requests have to wait for.
 */
const FLUSH_WITHIN_MS = 25

/**
 * Opens the embedded store. Reads and changes of keys happen on the caller's thread; rows of the ledger and the request log
 * are committed by a writer thread (a database in memory has none: it lives in one connection).
 * Rejects with SchemaError when the file is newer than this version, or when the writer cannot start.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock, flushWithinMs = FLUSH_WITHIN_MS } = options
  const database = openDatabase(path)
  try {
    const writer =
      path === ':memory:'
        ? createInlineWriter(database)
        : await openWorkerWriter({ path, clock, flushWithinMs })
    return {
      keys: createKeyStore(database),
      ledger: createLedgerStore(database, writer),
      requests: createRequestLogStore(database, writer),
      settings: createSettingsStore(database),
      async close() {
        await writer.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
