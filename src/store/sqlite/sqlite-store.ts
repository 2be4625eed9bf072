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
  /** Longest time that rows of the ledger and the request log wait for company; 50 by default. */
  readonly flushWithinMs?: number
}

/**
 * Opens the embedded store. Reads and changes of keys happen on the caller's thread; rows of the ledger and the request log
 * are committed by a writer thread (a database in memory has none: it lives in one connection).
 * Rejects with SchemaError when the file is newer than this version, or when the writer cannot start.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock, flushWithinMs = 50 } = options
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
