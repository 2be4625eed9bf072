import type { BudgetWindow } from './account.ts'

/** A stretch of time that a budget holds for, milliseconds since the epoch, end exclusive. */
export interface WindowSpan {
  readonly startMs: number
  /** `Infinity` for a window that never ends. */
  readonly endMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS
/** The epoch was a Thursday; weeks begin on Monday (ISO 8601). */
const FIRST_MONDAY_MS = 4 * DAY_MS

/** The window that a moment falls into. All windows are calendar windows in UTC, where no hour is skipped or repeated. */
export function windowAt(window: BudgetWindow, atMs: number): WindowSpan {
  switch (window) {
    case 'hour':
      return spanOf(atMs, HOUR_MS, 0)
    case 'day':
      return spanOf(atMs, DAY_MS, 0)
    case 'week':
      return spanOf(atMs, WEEK_MS, FIRST_MONDAY_MS)
    case 'month': {
      const date = new Date(atMs)
      const year = date.getUTCFullYear()
      const month = date.getUTCMonth()
      return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) }
    }
    case 'total':
      return { startMs: 0, endMs: Number.POSITIVE_INFINITY }
  }
}

function spanOf(atMs: number, lengthMs: number, originMs: number): WindowSpan {
  const startMs = Math.floor((atMs - originMs) / lengthMs) * lengthMs + originMs
  return { startMs, endMs: startMs + lengthMs }
}
