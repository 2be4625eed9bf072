const SLICE_MS = 3_000
const SLICES = 10

/** Counts calls and faults of the last 30 seconds in ten slices of three. */
export interface FaultWindow {
  readonly calls: number[]
  readonly faults: number[]
  /** Number of the newest slice since the clock's zero. */
  newest: number
}

/** Creates an empty window. */
export function createFaultWindow(): FaultWindow {
  return {
    calls: Array.from({ length: SLICES }, () => 0),
    faults: Array.from({ length: SLICES }, () => 0),
    newest: 0,
  }
}

/** Creates a window that begins with the counts of another one. */
export function copyWindow({ calls, faults, newest }: FaultWindow): FaultWindow {
  return { calls: [...calls], faults: [...faults], newest }
}

/** Counts one call at a monotonic time in milliseconds. */
export function countCall(window: FaultWindow, fault: boolean, nowMs: number): void {
  moveTo(window, nowMs)
  const slot = window.newest % SLICES
  window.calls[slot] = (window.calls[slot] ?? 0) + 1
  if (fault) window.faults[slot] = (window.faults[slot] ?? 0) + 1
}

/** The sums over the window at a monotonic time in milliseconds. */
export function sumWindow(window: FaultWindow, nowMs: number): { calls: number; faults: number } {
  moveTo(window, nowMs)
  let calls = 0
  let faults = 0
  for (let slot = 0; slot < SLICES; slot += 1) {
    calls += window.calls[slot] ?? 0
    faults += window.faults[slot] ?? 0
  }
  return { calls, faults }
}

/** Forgets everything. */
export function clearWindow(window: FaultWindow): void {
  window.calls.fill(0)
  window.faults.fill(0)
}

function moveTo(window: FaultWindow, nowMs: number): void {
  const slice = Math.floor(nowMs / SLICE_MS)
  const passed = slice - window.newest
  if (passed <= 0) return
  if (passed >= SLICES) clearWindow(window)
  else {
    for (let step = 1; step <= passed; step += 1) {
      const slot = (window.newest + step) % SLICES
      window.calls[slot] = 0
      window.faults[slot] = 0
    }
  }
  window.newest = slice
}
