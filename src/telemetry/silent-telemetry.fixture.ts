import type { Telemetry } from './telemetry.ts'

/** For tests: a telemetry that nobody listens to. */
export const SILENT: Telemetry = {
  count() {},
  observe() {},
  counter: () => ({ add() {} }),
  histogram: () => ({ observe() {} }),
  gauge() {},
  log() {},
}
