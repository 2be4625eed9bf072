import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { LedgerStore, LedgerText } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** A row on its way to the store. */
export interface QueuedRow {
  readonly text: LedgerText
  /** Its place among all rows ever added, given by the queue. */
  place: number
}

export interface RowQueueOptions<Row> {
  readonly store: LedgerStore
  /** Hears of every row that the store has. */
  readonly onStored: (row: Row) => void
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Somebody who waits until the rows queued before now are stored. */
interface Waiter {
  readonly lastPlace: number
  readonly done: (stored: boolean) => void
}

const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 10_000

/**
 * Ships rows to the store: at least once, which the primary key makes exactly once. One batch is under way at a time. When the store
 * refuses, the same rows are tried again after 0.1 s, 0.2 s … 10 s, in smaller batches and behind the others, so that
 * one row that the store cannot take does not keep back the rest.
 */
export class RowQueue<Row extends QueuedRow> {
  readonly #options: RowQueueOptions<Row>
  #waiting: Row[] = []
  /** The batch that the store was given. */
  #underWay: readonly Row[] = []
  readonly #waiters = new Set<Waiter>()
  #lastPlace = 0
  #shipping = false
  #failures = 0
  #batchRows: number = LIMITS.storeBatchRows

  constructor(options: RowQueueOptions<Row>) {
    this.#options = options
  }

  get size(): number {
    return this.#waiting.length + this.#underWay.length
  }

  add(row: Row): void {
    this.#lastPlace += 1
    row.place = this.#lastPlace
    this.#waiting.push(row)
    if (!this.#shipping) this.#ship()
  }

  /** Resolves to true when every row added before is stored, to false when that took longer than `withinMs`. */
  flush(withinMs: number): Promise<boolean> {
    if (this.size === 0) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter: Waiter = {
      lastPlace: this.#lastPlace,
      done: (stored) => {
        this.#waiters.delete(waiter)
        timer.cancel()
        resolve(stored)
      },
    }
    const timer = this.#options.clock.after(withinMs, () => waiter.done(false))
    this.#waiters.add(waiter)
    return promise
  }

  #ship(): void {
    this.#shipping = true
    this.#underWay = this.#waiting.splice(0, this.#batchRows)
    this.#options.store.append(this.#underWay.map(({ text }) => text)).then(
      () => this.#stored(),
      (error: unknown) => this.#refused(error),
    )
  }

  #stored(): void {
    if (this.#failures > 0) this.#options.telemetry.log('info', 'the store takes ledger rows again')
    this.#failures = 0
    this.#batchRows = Math.min(LIMITS.storeBatchRows, this.#batchRows * 2)
    const stored = this.#underWay
    this.#underWay = []
    for (const row of stored) this.#options.onStored(row)
    this.#answerWaiters()
    if (this.#waiting.length > 0) this.#ship()
    else this.#shipping = false
  }

  #refused(error: unknown): void {
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10))
    this.#failures += 1
    this.#batchRows = Math.max(1, Math.ceil(this.#batchRows / 2))
    this.#waiting.push(...this.#underWay)
    this.#underWay = []
    this.#options.telemetry.count('gatehouse_ledger_store_failures_total')
    this.#options.telemetry.log('error', 'the store refuses ledger rows; they stay in the journal', {
      rows: this.size,
      retryMs: delayMs,
      reason: error instanceof Error ? error.message : String(error),
    })
    this.#options.clock.after(delayMs, () => this.#ship())
  }

  #answerWaiters(): void {
    if (this.#waiters.size === 0) return
    let oldest = Number.POSITIVE_INFINITY
    for (const { place } of this.#waiting) oldest = Math.min(oldest, place)
    for (const waiter of this.#waiters) if (waiter.lastPlace < oldest) waiter.done(true)
  }
}
