import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Who still presents secrets that others have replaced: in memory alone, since it matters for the time of an overlap. */
export interface EarlierUses {
  /** Somebody presented the earlier secret of a key. */
  readonly note: (keyId: string) => void
  /** When somebody did so last, as long as this process has lived. */
  readonly usedAtMs: (keyId: string) => number | undefined
}

/** Creates the memory; no more keys are in it than there are. */
export function createEarlierUses({
  clock,
  telemetry,
}: {
  readonly clock: Clock
  readonly telemetry: Telemetry
}): EarlierUses {
  const used = new Map<string, number>()
  return {
    note(keyId) {
      telemetry.count('gatehouse_earlier_secret_requests_total')
      if (used.has(keyId) || used.size < LIMITS.keys) used.set(keyId, clock.nowMs())
    },
    usedAtMs: (keyId) => used.get(keyId),
  }
}
