import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { RowQueue, type QueuedRow } from '../ledger/row-queue.ts'
import type { ShadowRow } from '../store/shadow-rows.ts'
import type { ShadowStore } from '../store/store.ts'
import { toShadowText } from '../store/shadow-text.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Takes what came of shadows and hands it to the store. */
export interface ShadowLog {
  /** Neither waits nor throws. Beyond `LIMITS.shadowQueueRows` a row is dropped and counted. */
  keep(row: ShadowRow): void
  /** Waits until what was taken so far is stored, at most as long as the ledger is waited for. */
  flush(): Promise<void>
}

export interface ShadowLogNeeds {
  readonly store: Pick<ShadowStore, 'append'>
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Asked for each row: true while the disk is kept for the ledger. */
  readonly isPaused: () => boolean
}

const WORDS = {
  refused: 'the store refuses what came of shadows; it is tried again',
  taken: 'the store takes what came of shadows again',
  failures: 'gatehouse_shadow_store_failures_total',
} as const

const DROPPED = 'gatehouse_shadow_rows_dropped_total'

/** Creates the queue in front of the store of comparisons. */
export function createShadowLog({ store, clock, telemetry, isPaused }: ShadowLogNeeds): ShadowLog {
  const queue = new RowQueue<QueuedRow>({ store, clock, telemetry, words: WORDS, onStored: () => undefined })
  return {
    keep(row) {
      if (isPaused()) telemetry.count(DROPPED, { reason: 'disk' })
      else if (queue.size >= LIMITS.shadowQueueRows) telemetry.count(DROPPED, { reason: 'queue' })
      else queue.add({ text: toShadowText(row), position: 0 })
    },
    async flush() {
      await queue.flush(LIMITS.ledgerFlushMs)
    },
  }
}
