import type { Clock } from '../kit/clock.ts'
import { residentBytes } from '../kit/memory.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Shows which version runs, since when, and what memory the process takes. */
export function showProcess(telemetry: Telemetry, clock: Clock, version: string): void {
  const startedAtMs = clock.nowMs()
  telemetry.gauge('gatehouse_build_info', () => 1, { version })
  telemetry.gauge('process_start_time_seconds', () => startedAtMs / 1_000)
  telemetry.gauge('process_resident_memory_bytes', () => residentBytes())
}
