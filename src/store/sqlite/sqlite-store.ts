import type { Clock } from '../../kit/clock.ts'
import type { Store } from '../store.ts'
import { createKeyStore } from './key-store.ts'
import { createLedgerStore } from './ledger-store.ts'
import { openDatabase } from './open-database.ts'
import { createRequestLogStore } from './request-log-store.ts'
import { createInlineReader } from './reads.ts'
import { createInlineWriter } from './row-writer.ts'
import { createSettingsStore } from './settings-store.ts'
import { createWorkerReader } from './worker-reader.ts'
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
 * Opens the embedded store. Keys and settings are read and changed on the caller's thread; rows of the ledger and the request log
 * are committed by a writer thread and read by another (a database in memory has neither: it lives in one connection).
 * Rejects with SchemaError when the file is newer than this version, or when the writer cannot start.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, clock, flushWithinMs = FLUSH_WITHIN_MS } = options
  const database = openDatabase(path)
  database.run('pragma busy_timeout = 0')
  try {
    const isInMemory = path === ':memory:'
    const writer = isInMemory
      ? createInlineWriter(database)
      : await openWorkerWriter({ path, clock, flushWithinMs })
    const reader = isInMemory ? createInlineReader(database) : createWorkerReader(path, clock)
    return {
      keys: createKeyStore(database, clock),
      ledger: createLedgerStore(reader, writer),
      requests: createRequestLogStore(reader, writer),
      settings: createSettingsStore(database, clock),
      async close() {
        reader.close()
        await writer.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
