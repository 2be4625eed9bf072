import { LIMITS } from '../kit/limits.ts'
import { RowQueue, type QueuedRow, type RowQueueOptions } from '../ledger/row-queue.ts'

/** What a queue is opened with whose rows may be lost. */
export interface LossyRowsNeeds extends Omit<RowQueueOptions<QueuedRow>, 'onStored'> {
  /** Counts the rows that are dropped. */
  readonly dropped: 'gatehouse_log_dropped_total' | 'gatehouse_shadow_rows_dropped_total'
  /** Rows that may wait. */
  readonly most: number
  /** Asked for each row: true while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
}

/** Rows on their way to the store that are dropped, and counted, where there is no room for them: unlike those of the ledger. */
export class LossyRows {
  readonly #needs: LossyRowsNeeds
  readonly #queue: RowQueue<QueuedRow>

  constructor(needs: LossyRowsNeeds) {
    this.#needs = needs
    const { store, clock, telemetry, words } = needs
    this.#queue = new RowQueue({ store, clock, telemetry, words, onStored: () => undefined })
  }

  get size(): number {
    return this.#queue.size
  }

  get stalledMs(): number {
    return this.#queue.stalledMs
  }

  get refusal(): string | undefined {
    return this.#queue.refusal
  }

  /** Neither waits nor throws. @param spell gives the text of the row, where it is kept */
  add<Row>(row: Row, spell: (row: Row) => string): void {
    const { telemetry, dropped, most, isPaused } = this.#needs
    if (isPaused()) telemetry.count(dropped, { reason: 'disk' })
    else if (this.#queue.size >= most) telemetry.count(dropped, { reason: 'queue' })
    else this.#queue.add({ text: spell(row), position: 0 })
  }

  /** Waits until what was taken so far is stored, at most as long as the ledger is waited for. */
  async flush(): Promise<void> {
    await this.#queue.flush(LIMITS.ledgerFlushMs)
  }
}
