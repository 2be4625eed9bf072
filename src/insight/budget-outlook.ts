import type { BudgetWindow } from '../exchange/account.ts'
import type { Owner } from '../exchange/owner.ts'
import { windowAt } from '../exchange/windows.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { Condition } from '../store/request-query.ts'
import type { SeriesStore } from '../store/series.ts'
import { forecast, type Forecast, type SpentInterval } from './forecast.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How a window is looked at: in which intervals, of which so many make a season, and how far back. */
interface Rhythm {
  readonly stepMs: number
  readonly season: number
  readonly pastMs: number
}

const BY_DAYS: Rhythm = { stepMs: DAY_MS, season: 7, pastMs: 70 * DAY_MS }
const BY_HOURS: Rhythm = { stepMs: HOUR_MS, season: 24, pastMs: 14 * DAY_MS }
/** What never resets is looked at for so long ahead. */
const AHEAD_MS = 365 * DAY_MS

/** How a window is looked at. An hour goes by the hours of days as well, and is too short to be told of. */
export function rhythmOf(window: BudgetWindow): Rhythm {
  return window === 'day' || window === 'hour' ? BY_HOURS : BY_DAYS
}

/** Until when a budget is told of. */
function horizonOf(endsAtMs: number, nowMs: number): number {
  return Number.isFinite(endsAtMs) ? endsAtMs : nowMs + AHEAD_MS
}

/**
 * Reads what some owners of one scope spent, interval by interval: all money that budgets count, the invented included. Of an owner beyond those
 * whose sums are kept nothing is known.
 */
export async function readPast(
  series: SeriesStore,
  owners: readonly Owner[],
  { rhythm, nowMs, sinceMs }: { readonly rhythm: Rhythm; readonly nowMs: number; readonly sinceMs?: number },
): Promise<ReadonlyMap<string, readonly SpentInterval[]>> {
  const past = new Map<string, readonly SpentInterval[]>()
  const { stepMs, pastMs } = rhythm
  const fromMs = Math.floor((sinceMs ?? nowMs - pastMs) / stepMs) * stepMs
  for (const field of ['key', 'project'] as const) {
    const ids = owners.filter(({ scope }) => scope === field).map(({ id }) => id)
    if (ids.length === 0) continue
    const condition: Condition = { field, tests: ids.map((id) => ({ is: id })) }
    const answer = await series.read({
      filter: { conditions: [condition] },
      by: field,
      fromMs,
      toMs: nowMs + 1,
      stepMs,
      names: ids.length,
      attempts: true,
      times: false,
    })
    for (const { name, points } of answer.series) {
      const intervals = [...points].map(([atMs, { amounts }]) => ({
        atMs,
        nanoUsd: amounts.settled + amounts.estimated + amounts.simulated,
      }))
      past.set(nameOf({ scope: field, id: name }), intervals)
    }
  }
  return past
}

/** How the past of an owner is found. */
export function nameOf({ scope, id }: Owner): string {
  return `${scope}:${id}`
}

export interface OutlookQuestion {
  readonly window: BudgetWindow
  readonly endsAtMs: number
  readonly past: readonly SpentInterval[]
  readonly nowMs: number
  readonly spentNanoUsd: NanoUsd
  readonly limitNanoUsd: NanoUsd
}

/** What will become of a budget in its window; undefined where too little is known. */
export function outlookOf({ window, endsAtMs, nowMs, ...rest }: OutlookQuestion): Forecast | undefined {
  if (window === 'hour') return undefined
  const { stepMs, season } = rhythmOf(window)
  return forecast({ ...rest, stepMs, season, nowMs, toMs: horizonOf(endsAtMs, nowMs) })
}

/** One window that is over. */
export interface PastWindow {
  readonly startsAtMs: number
  readonly endsAtMs: number
  readonly nanoUsd: NanoUsd
}

/** The windows before the one that a moment falls into, the latest first. None of what never ends. */
export function windowsBefore(
  intervals: readonly SpentInterval[],
  { window, nowMs, most }: { readonly window: BudgetWindow; readonly nowMs: number; readonly most: number },
): readonly PastWindow[] {
  if (window === 'total') return []
  const before: PastWindow[] = []
  const first = Math.min(...intervals.map(({ atMs }) => atMs))
  let { startMs } = windowAt(window, nowMs)
  while (before.length < most && startMs > first) {
    const span = windowAt(window, startMs - 1)
    const within = intervals.filter(({ atMs }) => atMs >= span.startMs && atMs < span.endMs)
    const nanoUsd = within.reduce((sum, one) => sum + one.nanoUsd, 0n)
    before.push({ startsAtMs: span.startMs, endsAtMs: span.endMs, nanoUsd })
    startMs = span.startMs
  }
  return before
}
