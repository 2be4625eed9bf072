import type { BudgetPeriod } from './budget-periods.ts'
import type { NanoUsd } from '../kit/money.ts'

/** How far a budget is used up in its window, when a request is decided on. */
export interface BudgetUse {
  /** What is spent and held of it, 0 and more. */
  readonly share: number
  /** How much of its window is over, 0 to 1; absent where it never ends. */
  readonly elapsed?: number
}

/** Shares have so many digits, so that a record of them leads to the same decision again. */
const DIGITS = 1e4

/** Works out how far a budget is used. What has no room at all is used up. */
export function budgetUse(
  { limitNanoUsd, startsAtMs, endsAtMs }: BudgetPeriod,
  usedNanoUsd: NanoUsd,
  nowMs: number,
): BudgetUse {
  const share = limitNanoUsd > 0n ? rounded(Number(usedNanoUsd) / Number(limitNanoUsd)) : 1
  if (!Number.isFinite(endsAtMs)) return { share }
  return { share, elapsed: rounded((nowMs - startsAtMs) / (endsAtMs - startsAtMs)) }
}

function rounded(share: number): number {
  return Math.round(share * DIGITS) / DIGITS
}

/** Of the budget that is used most, in per cent; 0 where there is none. */
export function usedPercent(uses: readonly BudgetUse[]): number {
  let most = 0
  for (const { share } of uses) if (share > most) most = share
  return Math.floor(most * 100)
}

/** How strongly money is saved when a budget is used faster than its window passes. */
const GAIN = 40
/** At this price money decides alone. */
const HIGHEST = 100

/**
 * What money is worth beyond its amount, because a budget would not last: 0 as long as no budget is used faster than its window
 * passes, more the further it is ahead and the less of the window is left. Spending so settles on the line from nothing at the
 * beginning of the window to all of it at the end, without a cliff where everything is refused.
 */
export function shadowPrice(uses: readonly BudgetUse[]): number {
  let price = 0
  for (const { share, elapsed } of uses) {
    if (elapsed === undefined || share <= elapsed) continue
    price = Math.max(price, (GAIN * (share - elapsed)) / Math.max(1 - elapsed, 1 / DIGITS))
  }
  return Math.min(HIGHEST, Math.round(price * 100) / 100)
}
