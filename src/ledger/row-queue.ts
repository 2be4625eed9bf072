import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { CounterName } from '../telemetry/metrics.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** A row on its way to the store. */
export interface QueuedRow {
  /** As the store takes it. */
  readonly text: string
  /** Its place among all rows ever added, given by the queue. */
  position: number
}

/** What is said of a queue when its store refuses rows, and when it takes them again. */
export interface QueueWords {
  readonly refused: string
  readonly taken: string
  /** Name of the counter of refusals. */
  readonly failures: CounterName
}

export interface RowQueueOptions<Row> {
  /** Takes rows in one transaction; rows that it has already change nothing. */
  readonly store: { append(rows: readonly string[]): Promise<void> }
  /** Hears of every row that the store has. */
  readonly onStored: (row: Row) => void
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly words: QueueWords
}

/** Somebody who waits until the rows queued before now are stored. */
interface Waiter {
  readonly lastPosition: number
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
  #lastPosition = 0
  #shipping = false
  #failures = 0
  #refusal: string | undefined
  /** When the store last took rows, or the first of those that wait came. */
  #movedAtMs = 0
  #batchRows: number = LIMITS.storeBatchRows

  constructor(options: RowQueueOptions<Row>) {
    this.#options = options
  }

  get size(): number {
    return this.#waiting.length + this.#underWay.length
  }

  /** How long rows have been waiting while the store took none, milliseconds; 0 when none wait. */
  get stalledMs(): number {
    return this.size === 0 ? 0 : this.#options.clock.elapsedMs() - this.#movedAtMs
  }

  /** Why the store refused the last batch; undefined while it takes them. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  add(row: Row): void {
    this.#lastPosition += 1
    row.position = this.#lastPosition
    if (this.size === 0) this.#movedAtMs = this.#options.clock.elapsedMs()
    this.#waiting.push(row)
    if (!this.#shipping) this.#ship()
  }

  /** Resolves to true when every row added before is stored, to false when that took longer than `withinMs`. */
  flush(withinMs: number): Promise<boolean> {
    if (this.size === 0) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter: Waiter = {
      lastPosition: this.#lastPosition,
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
    this.#underWay = this.#takeBatch()
    const texts: string[] = []
    for (const { text } of this.#underWay) texts.push(text)
    this.#append(texts).then(this.#stored, this.#refused)
  }

  /** All that waits, mostly: then nothing is copied. */
  #takeBatch(): readonly Row[] {
    const waiting = this.#waiting
    if (waiting.length > this.#batchRows) return waiting.splice(0, this.#batchRows)
    this.#waiting = []
    return waiting
  }

  /** A store that throws at once refuses like one that rejects. */
  #append(texts: readonly string[]): Promise<void> {
    try {
      return this.#options.store.append(texts)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  // Bound once, because every batch needs them.
  readonly #stored = (): void => {
    const hadFailed = this.#failures > 0
    this.#failures = 0
    this.#refusal = undefined
    this.#movedAtMs = this.#options.clock.elapsedMs()
    this.#batchRows = Math.min(LIMITS.storeBatchRows, this.#batchRows * 2)
    const stored = this.#underWay
    this.#underWay = []
    if (this.#waiting.length > 0) this.#ship()
    else this.#shipping = false
    for (const row of stored) this.#options.onStored(row)
    this.#answerWaiters()
    if (hadFailed) this.#options.telemetry.log('info', this.#options.words.taken)
  }

  readonly #refused = (error: unknown): void => {
    const { clock, telemetry, words } = this.#options
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10))
    // First of all: whatever goes wrong below, the rows are tried again.
    clock.after(delayMs, () => this.#ship())
    this.#failures += 1
    this.#refusal = error instanceof Error ? error.message : String(error)
    this.#batchRows = Math.max(1, Math.ceil(this.#batchRows / 2))
    this.#waiting.push(...this.#underWay)
    this.#underWay = []
    telemetry.count(words.failures)
    telemetry.log('error', words.refused, { rows: this.size, retryMs: delayMs, reason: this.#refusal })
  }

  #answerWaiters(): void {
    if (this.#waiters.size === 0) return
    let oldest = Number.POSITIVE_INFINITY
    for (const { position } of this.#waiting) oldest = Math.min(oldest, position)
    for (const { position } of this.#underWay) oldest = Math.min(oldest, position)
    for (const waiter of this.#waiters) if (waiter.lastPosition < oldest) waiter.done(true)
  }
}
