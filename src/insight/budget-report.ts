import type { Account } from '../exchange/account.ts'
import type { SpentInterval, Forecast } from './forecast.ts'
import type { BudgetStanding, BudgetView } from '../ledger/budget-view.ts'
import { defined } from '../kit/defined.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { SeriesStore } from '../store/series.ts'
import type { SpendCell, SpendStore } from '../store/spend.ts'
import { nameOf, outlookOf, readPast, rhythmOf, windowsBefore, type PastWindow } from './budget-outlook.ts'

/** What a budget comes to: it is `spent`; it `runs-out` before its window ends, as expected; it is `tight`, where that is likely in one of ten windows; it `lasts`; or too little is known (`unknown`). */
export const BUDGET_STATES = ['spent', 'runs-out', 'tight', 'lasts', 'unknown'] as const

export type BudgetState = (typeof BUDGET_STATES)[number]

export interface ReportedBudget extends BudgetStanding {
  /** Its own limit, and what is added to it. */
  readonly limitNanoUsd: NanoUsd
  /** What may still be spent: neither spent nor held. Never below zero. */
  readonly remainingNanoUsd: NanoUsd
  readonly state: BudgetState
  readonly forecast?: Forecast
  readonly past: readonly SpentInterval[]
}

export interface BudgetNeeds {
  readonly view: BudgetView
  readonly series: SeriesStore
  readonly spend: SpendStore
}

/** How every budget of some accounts stands and what will become of it, those at risk first. */
export async function reportBudgets(
  { view, series }: BudgetNeeds,
  accounts: readonly Account[],
  nowMs: number,
): Promise<readonly ReportedBudget[]> {
  const standings = await view.budgets(accounts, nowMs)
  const pasts = new Map<number, ReadonlyMap<string, readonly SpentInterval[]>>()
  for (const rhythm of new Set(standings.map(({ period }) => rhythmOf(period.budget.window)))) {
    const owners = standings
      .filter(({ period }) => rhythmOf(period.budget.window) === rhythm)
      .map(({ period }) => period.owner)
    pasts.set(rhythm.stepMs, await readPast(series, owners, { rhythm, nowMs }))
  }
  return standings
    .map((standing) => {
      const { owner, budget } = standing.period
      const past = pasts.get(rhythmOf(budget.window).stepMs)?.get(nameOf(owner)) ?? []
      return toReported(standing, past, nowMs)
    })
    .toSorted(atRiskFirst)
}

function toReported(standing: BudgetStanding, past: readonly SpentInterval[], nowMs: number): ReportedBudget {
  const { period, extraNanoUsd, spentNanoUsd, heldNanoUsd } = standing
  const limitNanoUsd = period.limitNanoUsd + extraNanoUsd
  const left = limitNanoUsd - spentNanoUsd - heldNanoUsd
  const told = outlookOf({
    window: period.budget.window,
    endsAtMs: period.endsAtMs,
    past,
    nowMs,
    spentNanoUsd,
    limitNanoUsd,
  })
  return {
    ...standing,
    limitNanoUsd,
    remainingNanoUsd: left > 0n ? left : 0n,
    state: stateOf(limitNanoUsd - spentNanoUsd, told),
    past,
    ...defined({ forecast: told }),
  }
}

function stateOf(left: NanoUsd, told: Forecast | undefined): BudgetState {
  if (left <= 0n) return 'spent'
  if (told === undefined) return 'unknown'
  if (told.exhaustedAtMs !== undefined) return 'runs-out'
  return told.earliestMs === undefined ? 'lasts' : 'tight'
}

function atRiskFirst(one: ReportedBudget, other: ReportedBudget): number {
  const rank = ({ state }: ReportedBudget): number => BUDGET_STATES.indexOf(state)
  return (
    rank(one) - rank(other) ||
    (one.forecast?.exhaustedAtMs ?? 0) - (other.forecast?.exhaustedAtMs ?? 0) ||
    shareOf(other) - shareOf(one)
  )
}

function shareOf({ spentNanoUsd, limitNanoUsd }: ReportedBudget): number {
  return limitNanoUsd === 0n ? 1 : Number(spentNanoUsd) / Number(limitNanoUsd)
}

/** One budget from near: what was left of it over time, who spent it, and the windows before. */
export interface BudgetDetail {
  /** What was left at the ends of intervals of the window, the last one now. */
  readonly left: readonly { readonly atMs: number; readonly nanoUsd: NanoUsd }[]
  readonly burners: readonly SpendCell[]
  readonly before: readonly PastWindow[]
}

/** Targets that are named for what they spent. */
const MOST_BURNERS = 5
const MOST_WINDOWS = 6
/** What never ends is drawn for so long. */
const MOST_DRAWN_MS = 90 * 86_400_000
const PAST_WINDOWS_MS = 200 * 86_400_000

/** Looks at one budget from near. */
export async function detailBudget(
  { series, spend }: BudgetNeeds,
  { period, past, spentNanoUsd, limitNanoUsd }: ReportedBudget,
  nowMs: number,
): Promise<BudgetDetail> {
  const { owner, budget } = period
  const { stepMs } = rhythmOf(budget.window)
  const startsAtMs = Math.max(period.startsAtMs, nowMs - MOST_DRAWN_MS)
  const [{ cells }, longer] = await Promise.all([
    spend.split({ fromMs: startsAtMs, toMs: nowMs + 1, by: ['target'], scope: { [owner.scope]: owner.id } }),
    readPast(series, [owner], {
      rhythm: rhythmOf(budget.window),
      nowMs,
      sinceMs:
        nowMs - (budget.window === 'day' || budget.window === 'hour' ? 8 * 86_400_000 : PAST_WINDOWS_MS),
    }),
  ])
  return {
    left: leftOf({ startsAtMs, nowMs, stepMs, past, spentNanoUsd, limitNanoUsd }),
    burners: [...cells].sort((one, other) => (spentBy(one) > spentBy(other) ? -1 : 1)).slice(0, MOST_BURNERS),
    before: windowsBefore(longer.get(nameOf(owner)) ?? [], {
      window: budget.window,
      nowMs,
      most: MOST_WINDOWS,
    }),
  }
}

/** All money that a budget counts. */
export function spentBy({ costNanoUsd, simulatedNanoUsd }: SpendCell): NanoUsd {
  return costNanoUsd + simulatedNanoUsd
}

interface Drawn {
  readonly startsAtMs: number
  readonly nowMs: number
  readonly stepMs: number
  readonly past: readonly SpentInterval[]
  readonly spentNanoUsd: NanoUsd
  readonly limitNanoUsd: NanoUsd
}

/** The line goes back from what is known exactly now: what it cost in each interval is given back. */
function leftOf({
  startsAtMs,
  nowMs,
  stepMs,
  past,
  spentNanoUsd,
  limitNanoUsd,
}: Drawn): BudgetDetail['left'] {
  const spent = new Map(past.map(({ atMs, nanoUsd }) => [atMs, nanoUsd]))
  const line = [{ atMs: nowMs, nanoUsd: limitNanoUsd - spentNanoUsd }]
  let left = limitNanoUsd - spentNanoUsd
  for (let atMs = Math.floor(nowMs / stepMs) * stepMs; atMs >= startsAtMs; atMs -= stepMs) {
    left += spent.get(atMs) ?? 0n
    if (atMs < nowMs) line.push({ atMs, nanoUsd: left < limitNanoUsd ? left : limitNanoUsd })
  }
  return line.reverse()
}
