import { Failure } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { LedgerRow, LedgerStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AttemptIntent } from './attempt-intent.ts'
import type { JournalFiles } from './journal-files.ts'
import { Journal, JournalEntry } from './journal.ts'
import { replayJournal, type ReplayReport } from './replay.ts'
import { RowQueue } from './row-queue.ts'

/** `standard`: a settled attempt survives the death of the process, and of the machine a few milliseconds later. `strict`: of both at once. */
export type Durability = 'standard' | 'strict'

export interface LedgerOptions {
  readonly files: JournalFiles
  /** Where the journal lies; of this process alone, since whatever is found there counts as left by a dead one. */
  readonly directory: string
  readonly store: LedgerStore
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly durability: Durability
  /** Size at which the journal begins a new file; the house's own by default. */
  readonly segmentBytes?: number
}

/** The record of what attempts used and cost, from before they are sent until their row is in the store. */
export interface Ledger {
  /**
   * Journals an attempt that is about to be sent. Throws `Failure('ledger-unavailable')` when it cannot be written, and
   * `Failure('overloaded')` when too many rows wait for the store: in both cases nothing may be sent.
   */
  intend(intent: AttemptIntent): void
  /**
   * Journals the row of an attempt and hands it to the store. Resolves when the row survives a crash: the end of the response
   * must not reach the client before (law 3). Settling the same attempt again changes nothing. Rejects with
   * `Failure('ledger-unavailable')` when neither journal nor store took the row in time; the store is still tried.
   */
  settle(row: LedgerRow): Promise<void>
  /** Withdraws an intent whose attempt was never sent. */
  void(attemptId: string): void
  /** False while nothing may be spent, because it could not be recorded. */
  readonly available: boolean
  /** Spending of an account from a time on, with the rows that were still on their way to the store. */
  spentSince(
    account: { readonly scope: 'key' | 'project'; readonly id: string },
    fromMs: number,
  ): Promise<NanoUsd>
  /** Waits until the rows settled so far are in the store, at most five seconds; false when they are not. */
  flush(): Promise<boolean>
  /** Flushes and closes. What is not in the store stays in the journal for the next start. */
  close(): Promise<void>
  /** What was found at the start. */
  readonly replayed: ReplayReport
}

/**
 * Opens the ledger: replays what an earlier life left in the journal, then takes new attempts. Rejects when the journal
 * cannot be read or the store does not take the replayed rows: budgets would start from wrong balances.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { files, directory, store, clock, telemetry, durability, segmentBytes } = options
  files.ensureDirectory(directory)
  const replayed = await replayJournal({ files, directory, store, telemetry })
  const journal = new Journal({
    files,
    directory,
    clock,
    telemetry,
    ...(segmentBytes === undefined ? {} : { segmentBytes }),
  })
  const queue = new RowQueue({ store, clock, telemetry })
  /** Announced and not yet settled. Bounded by the requests in flight. */
  const open = new Map<string, JournalEntry>()
  const done = Promise.resolve()
  telemetry.gauge('gatehouse_ledger_queue_rows', () => queue.size)
  telemetry.gauge('gatehouse_ledger_open_attempts', () => open.size)
  telemetry.gauge('gatehouse_journal_segments', () => journal.segments)

  /** The row could not be journalled: it is safe once the store has it. */
  const settleInStore = async (row: LedgerRow, entry: JournalEntry): Promise<void> => {
    queue.add(row, () => journal.remove(entry))
    if (!(await queue.flush(LIMITS.ledgerFlushMs))) throw new Failure('ledger-unavailable')
  }

  const settleStrictly = async (row: LedgerRow, entry: JournalEntry): Promise<void> => {
    try {
      await journal.synced()
    } catch (error) {
      telemetry.count('gatehouse_journal_failures_total')
      telemetry.log('error', 'the journal cannot be synced', { reason: String(error) })
      return settleInStore(row, entry)
    }
    queue.add(row, () => journal.remove(entry))
  }

  return {
    replayed,
    intend(intent) {
      if (queue.size >= LIMITS.ledgerQueueRows) throw new Failure('overloaded')
      const entry = new JournalEntry({ type: 'intent', intent })
      try {
        journal.write(entry)
      } catch (error) {
        throw new Failure('ledger-unavailable', { cause: error })
      }
      open.set(intent.id, entry)
    },
    settle(row) {
      const settled = { type: 'settle', row } as const
      const entry = open.get(row.id) ?? new JournalEntry(settled)
      open.delete(row.id)
      entry.record = settled
      try {
        journal.write(entry)
      } catch (error) {
        telemetry.log('error', 'a row could not be journalled and goes straight to the store', {
          reason: String(error),
        })
        return settleInStore(row, entry)
      }
      if (durability === 'strict') return settleStrictly(row, entry)
      queue.add(row, () => journal.remove(entry))
      return done
    },
    void(attemptId) {
      const entry = open.get(attemptId)
      if (entry === undefined) return
      open.delete(attemptId)
      try {
        journal.note({ type: 'void', id: attemptId })
      } catch (error) {
        telemetry.log('warn', 'a withdrawal could not be journalled', { reason: String(error) })
      }
      journal.remove(entry)
    },
    get available() {
      return journal.available && queue.size < LIMITS.ledgerQueueRows
    },
    async spentSince(account, fromMs) {
      if (!(await queue.flush(LIMITS.ledgerFlushMs))) throw new Failure('ledger-unavailable')
      return store.spentSince(account, fromMs)
    },
    flush: () => queue.flush(LIMITS.ledgerFlushMs),
    async close() {
      await queue.flush(LIMITS.ledgerFlushMs)
      await journal.close()
    },
  }
}
