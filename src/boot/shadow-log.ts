import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ShadowRow } from '../store/shadow-rows.ts'
import type { ShadowStore } from '../store/store.ts'
import { toShadowText } from '../store/shadow-text.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { LossyRows } from './lossy-rows.ts'

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

/** Creates the queue in front of the store of comparisons. */
export function createShadowLog(needs: ShadowLogNeeds): ShadowLog {
  const rows = new LossyRows({
    ...needs,
    words: WORDS,
    dropped: 'gatehouse_shadow_rows_dropped_total',
    most: LIMITS.shadowQueueRows,
  })
  return {
    keep: (row) => rows.add(row, toShadowText),
    flush: () => rows.flush(),
  }
}
