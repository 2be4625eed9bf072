import { Failure } from '../exchange/failure.ts'
import type { Owner } from '../exchange/owner.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { toLedgerText } from '../store/ledger-text.ts'
import type { LedgerRow, LedgerStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { JournalFiles } from './journal-files.ts'
import { toVoidText } from './journal-record.ts'
import { Journal } from './journal.ts'
import { removeQuarantined, replayJournal, type ReplayReport } from './replay.ts'
import { RowQueue } from './row-queue.ts'
import { JournalEntry } from './segment.ts'
import { TurnWriter, type AfterWriting } from './turn-writer.ts'

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
   * Journals an attempt that is about to be sent, as the row that is written should the process die before it is settled. Over when
   * that is done, at once or at the end of this turn of the event loop. Throws or rejects with `Failure('ledger-unavailable')` when it
   * cannot be written, and with `Failure('overloaded')` when too many rows wait for the store: in both cases nothing may be sent.
   */
  intend(intent: LedgerRow): MaybePromise<void>
  /**
   * Journals the row of an attempt and hands it to the store. Over when the row survives a crash, at once or at the
   * end of this turn of the event loop: the end of the response must not reach the client before (law 3). Settling the same attempt again changes nothing. Rejects with
   * `Failure('ledger-unavailable')` when neither journal nor store took the row in time; the store is still tried.
   */
  settle(row: LedgerRow): MaybePromise<void>
  /** Withdraws an intent whose attempt was never sent. */
  void(attemptId: string): void
  /** False while nothing may be spent, because it could not be recorded. */
  readonly available: boolean
  /** Why the journal cannot be written; undefined while it can. */
  readonly journalFailure: string | undefined
  /** How long rows have been waiting while the store took none, milliseconds; 0 when none wait. */
  readonly stalledMs: number
  /** Why the store refused the last rows; undefined while it takes them. */
  readonly refusal: string | undefined
  /** Spending of an owner from a time on, with the rows that were still on their way to the store. */
  spentSince(owner: Owner, fromMs: number): Promise<NanoUsd>
  /** Waits until the rows settled so far are in the store, at most five seconds; false when they are not. */
  flush(): Promise<boolean>
  /** Removes damaged segments that were set aside before a time. */
  forgetDamaged(beforeMs: number): void
  /** Flushes and closes. What is not in the store stays in the journal for the next start. */
  close(): Promise<void>
  /** What was found at the start. */
  readonly replayed: ReplayReport
}

const WORDS = {
  refused: 'the store refuses ledger rows; they stay in the journal',
  taken: 'the store takes ledger rows again',
  failures: 'gatehouse_ledger_store_failures_total',
} as const

/**
 * So many attempts must be under way for the journal to be written once for all that come in one turn of the event loop. Fewer seldom
 * meet in one, and who is alone would only wait for its end.
 */
const CROWD = 8

/**
 * Opens the ledger: replays what an earlier life left in the journal, then takes new attempts. Rejects when the journal
 * cannot be read or the store does not take the replayed rows: budgets would start from wrong balances.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  options.files.ensureDirectory(options.directory)
  return new JournalledLedger(options, await replayJournal(options))
}

class JournalledLedger implements Ledger {
  readonly replayed: ReplayReport
  readonly #options: LedgerOptions
  readonly #store: LedgerStore
  readonly #telemetry: Telemetry
  readonly #strict: boolean
  readonly #journal: Journal
  readonly #writer: TurnWriter
  readonly #queue: RowQueue<JournalEntry>
  /** Announced and not yet settled. Bounded by the requests in flight. */
  readonly #open = new Map<string, JournalEntry>()

  constructor(options: LedgerOptions, replayed: ReplayReport) {
    this.replayed = replayed
    this.#options = options
    this.#store = options.store
    this.#telemetry = options.telemetry
    this.#strict = options.durability === 'strict'
    this.#journal = new Journal(options)
    this.#writer = new TurnWriter(this.#journal, options.clock)
    this.#queue = new RowQueue({ ...options, words: WORDS, onStored: (entry) => this.#journal.remove(entry) })
    options.telemetry.gauge('gatehouse_ledger_queue_rows', () => this.#queue.size)
    options.telemetry.gauge('gatehouse_ledger_open_attempts', () => this.#open.size)
    options.telemetry.gauge('gatehouse_journal_segments', () => this.#journal.segments)
  }

  get available(): boolean {
    return this.#journal.failure === undefined && this.#queue.size < LIMITS.ledgerQueueRows
  }

  get journalFailure(): string | undefined {
    return this.#journal.failure?.message
  }

  get stalledMs(): number {
    return this.#queue.stalledMs
  }

  get refusal(): string | undefined {
    return this.#queue.refusal
  }

  intend(intent: LedgerRow): MaybePromise<void> {
    if (this.#queue.size >= LIMITS.ledgerQueueRows) throw new Failure('overloaded')
    const entry = new JournalEntry(intent.id, 'intent', toLedgerText(intent))
    this.#open.set(intent.id, entry)
    return this.#write(entry, this.#announced)
  }

  settle(row: LedgerRow): MaybePromise<void> {
    return this.#write(this.#settled(row), this.#kept)
  }

  void(attemptId: string): void {
    const entry = this.#open.get(attemptId)
    if (entry === undefined) return
    this.#open.delete(attemptId)
    entry.type = 'void'
    entry.text = toVoidText(attemptId)
    if (this.#journal.write([entry]) === 0)
      this.#warn('a withdrawal could not be journalled', this.#journal.failure)
    this.#journal.remove(entry)
  }

  async spentSince(owner: Owner, fromMs: number): Promise<NanoUsd> {
    if (!(await this.flush())) throw new Failure('ledger-unavailable')
    return this.#store.spentSince(owner, fromMs)
  }

  flush(): Promise<boolean> {
    this.#writer.end()
    return this.#queue.flush(LIMITS.ledgerFlushMs)
  }

  forgetDamaged(beforeMs: number): void {
    removeQuarantined(this.#options, beforeMs)
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#journal.close()
  }

  #write(entry: JournalEntry, after: AfterWriting): MaybePromise<void> {
    const isCrowd = this.#open.size >= CROWD || this.#writer.isGathering
    return isCrowd ? this.#writer.gather(entry, after) : this.#writer.write(entry, after)
  }

  // Bound once, because every attempt needs them.
  readonly #announced = ({ id }: JournalEntry, isWritten: boolean): void => {
    if (isWritten) return
    this.#open.delete(id)
    throw new Failure('ledger-unavailable', { cause: this.#journal.failure })
  }

  readonly #kept = (entry: JournalEntry, isWritten: boolean): MaybePromise<void> => {
    if (!isWritten) {
      this.#warn('a row could not be journalled and goes straight to the store', this.#journal.failure)
      return this.#settleInStore(entry)
    }
    if (this.#strict) return this.#settleStrictly(entry)
    this.#queue.add(entry)
  }

  /** The entry of the attempt, with its row in place of its intent. */
  #settled(row: LedgerRow): JournalEntry {
    const text = toLedgerText(row)
    const entry = this.#open.get(row.id)
    if (entry === undefined) return new JournalEntry(row.id, 'settle', text)
    this.#open.delete(row.id)
    entry.type = 'settle'
    entry.text = text
    return entry
  }

  /** The row could not be journalled: it is safe once the store has it. */
  async #settleInStore(entry: JournalEntry): Promise<void> {
    this.#queue.add(entry)
    if (!(await this.flush())) throw new Failure('ledger-unavailable')
  }

  async #settleStrictly(entry: JournalEntry): Promise<void> {
    try {
      await entry.segment?.file.synced()
    } catch (error) {
      this.#warn('the journal cannot be synced', error)
      return this.#settleInStore(entry)
    }
    this.#queue.add(entry)
  }

  #warn(message: string, error: unknown): void {
    this.#telemetry.count('gatehouse_journal_failures_total')
    this.#telemetry.log('error', message, { reason: error instanceof Error ? error.message : String(error) })
  }
}
