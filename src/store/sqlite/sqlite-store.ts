import { realpathSync } from 'node:fs'
import type { Clock } from '../../kit/clock.ts'
import { makePrivate, preparePrivateFile } from '../../kit/private-mode.ts'
import { acquireProcessLock, type ProcessLock } from '../../kit/process-lock.ts'
import { StoreBusy, type Store } from '../store.ts'
import { createAnswerStore } from './answer-store.ts'
import { createContentStore } from './content-store.ts'
import { createAuditStore } from './audit-store.ts'
import { createAlertStore } from './alert-store.ts'
import { createFeedbackStore } from './feedback-store.ts'
import { createKeyStore } from './key-store.ts'
import { createLedgerStore } from './ledger-store.ts'
import { openDatabase } from './open-database.ts'
import { makeShrinkable } from './prune.ts'
import { createReleaseStore } from './release-store.ts'
import { createVaultStore } from './vault-store.ts'
import { createReplyStore } from './reply-store.ts'
import { createRequestLogStore } from './request-log-store.ts'
import { createResponseStore } from './response-store.ts'
import { createInlineReader } from './reads.ts'
import { createInlineWriter } from './row-writer.ts'
import { createShadowStore } from './shadow-store.ts'
import { createSettingsStore } from './settings-store.ts'
import { createTopUpStore } from './top-up-store.ts'
import { createWorkerReader } from './worker-reader.ts'
import { openWorkerWriter } from './worker-writer.ts'

export interface SqliteStoreOptions {
  /** A file, created when absent, or `:memory:`. */
  readonly path: string
  readonly clock: Clock
  /** Longest time that rows of the ledger and the request log wait for company. */
  readonly flushWithinMs?: number
  /** Opens it for a gateway, of which a file has one at a time, wherever their data directories are. */
  readonly claim?: boolean
  /** Rows are written on the caller's thread, and not synced: for who fills a store before anybody serves from it. */
  readonly isFilled?: boolean
}

/**
 * How long rows wait for company by default. Each commit costs as much as two dozen rows, so waiting saves work; but on a core that
 * the event loop shares with the writer, a longer wait makes batches that requests have to wait for.
 */
const FLUSH_WITHIN_MS = 25
/** Rows that wait for their sums in a store that is filled: its alerts look at every minute of it, and would read the rows again each time. */
const FILLED_PENDING = 64

/**
 * Opens the embedded store. Keys and settings are read and changed on the caller's thread; rows of the ledger, the request log and answers
 * are committed by a writer thread and read by another (a database in memory has neither: it lives in one connection). Both start when they are
 * needed first, but the writer of a gateway at once: it must not serve before it is known to write.
 * The file is made private to the user before anything stands in it; what SQLite puts beside it has the same rights.
 * Rejects with SchemaError when the file is newer than this version, with StoreBusy when another gateway has claimed it, or when that
 * writer cannot start.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, claim = false } = options
  if (path === ':memory:') return openStoreOver(options)
  for (const file of [path, `${path}-wal`, `${path}-shm`]) makePrivate(file)
  preparePrivateFile(path)
  const lock = claim ? claimFile(path) : undefined
  try {
    const store = await openStoreOver(options)
    return {
      ...store,
      async close() {
        await store.close()
        lock?.release()
      },
    }
  } catch (error) {
    lock?.release()
    throw error
  }
}

/** The lock lies beside the file that the path leads to in the end, so that a link is no way around it. */
function claimFile(path: string): ProcessLock {
  const lock = acquireProcessLock(`${realpathSync(path)}.lock`)
  if (lock === undefined) throw new StoreBusy(path)
  return lock
}

async function openStoreOver({
  path,
  clock,
  claim = false,
  flushWithinMs = FLUSH_WITHIN_MS,
  isFilled = false,
}: SqliteStoreOptions): Promise<Store> {
  const database = openDatabase(path)
  if (claim) makeShrinkable(database)
  database.run('pragma busy_timeout = 0')
  try {
    const isAlone = isFilled || path === ':memory:'
    if (isFilled) database.run('pragma synchronous = off')
    const writer = isAlone
      ? createInlineWriter(database, isFilled ? FILLED_PENDING : undefined)
      : await openWorkerWriter({ path, clock, flushWithinMs, atOnce: claim })
    const reader = isAlone ? createInlineReader(database) : createWorkerReader(path, clock)
    // Requests wait for it, so no screen may stand in its way.
    const answerReader = isAlone ? reader : createWorkerReader(path, clock)
    return {
      keys: createKeyStore(database, reader, clock),
      ledger: createLedgerStore(reader, writer),
      requests: createRequestLogStore(reader, writer),
      responses: createResponseStore(reader, writer),
      replies: createReplyStore(reader, writer),
      answers: createAnswerStore(answerReader, writer),
      vault: createVaultStore(reader, writer),
      shadows: createShadowStore(reader, writer),
      contents: createContentStore(reader, writer),
      series: { read: (question) => reader.read('series', question) },
      spend: {
        split: (question) => reader.read('spendSplit', question),
        lost: (span) => reader.read('spendLost', span),
        logged: (question) => reader.read('spendLogged', question),
        throttled: (question) => reader.read('throttled', question),
      },
      alerts: createAlertStore(database, reader, clock),
      feedback: createFeedbackStore(database, clock),
      releases: createReleaseStore(database, clock),
      topUps: createTopUpStore(database, clock),
      audit: createAuditStore(database, clock),
      settings: createSettingsStore(database, clock),
      prune: (expiry) => writer.prune(expiry),
      async close() {
        reader.close()
        answerReader.close()
        await writer.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
