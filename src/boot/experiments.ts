import { openCanaryBoard, type CanaryBoard } from '../experiments/canary-board.ts'
import { openShadowPurse } from '../experiments/shadow-purse.ts'
import type { PipelineParts } from '../gateway/order.ts'
import type { Foundation } from './foundation.ts'
import { createShadowLog } from './shadow-log.ts'

/** What is tried on requests, and where that stands. */
export interface Experiments {
  readonly parts: Pick<PipelineParts, 'shadows'> & { readonly canaries: CanaryBoard }
  /** Resolves when everything is stored. */
  close(): Promise<void>
}

/** Opens what is tried where an earlier life has left it. */
export async function openExperiments(
  { store, clock, telemetry }: Pick<Foundation, 'store' | 'clock' | 'telemetry'>,
  isPaused: () => boolean,
): Promise<Experiments> {
  const { settings } = store
  const running = { count: 0 }
  telemetry.gauge('gatehouse_shadows_running', () => running.count)
  const canaries = await openCanaryBoard({ settings, clock, telemetry })
  const purse = await openShadowPurse({ settings, clock, telemetry })
  const log = createShadowLog({ store: store.shadows, clock, telemetry, isPaused })
  return {
    parts: { canaries, shadows: { purse, running, keep: log.keep } },
    async close() {
      await canaries.close()
      await purse.close()
      await log.flush()
    },
  }
}
