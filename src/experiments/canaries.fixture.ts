import type { Clock } from '../kit/clock.ts'
import type { SettingsStore } from '../store/store.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openCanaryBoard, type CanaryBoard } from './canary-board.ts'

/** For tests: settings that last as long as the test. */
export function createTestSettings(): Pick<SettingsStore, 'get' | 'set'> {
  const kept = new Map<string, string>()
  return {
    get: async (name) => kept.get(name),
    set: async (name, value) => void kept.set(name, value),
  }
}

/** For tests: a board over such settings. */
export function openTestCanaries(
  clock: Clock,
  settings: Pick<SettingsStore, 'get' | 'set'> = createTestSettings(),
  telemetry: Telemetry = SILENT,
): Promise<CanaryBoard> {
  return openCanaryBoard({ settings, clock, telemetry })
}
