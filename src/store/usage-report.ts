import { SCOPES } from '../exchange/owner.ts'
import type { Counts } from '../exchange/units.ts'
import type { NanoUsd } from '../kit/money.ts'

/** What usage can be grouped by. */
export const USAGE_GROUPINGS = ['model', 'target', ...SCOPES, 'route', 'purpose', 'day'] as const

export type UsageGrouping = (typeof USAGE_GROUPINGS)[number]

export interface UsageQuery {
  readonly fromMs: number
  readonly toMs: number
  readonly groupBy: UsageGrouping
  /** 1–500 groups. */
  readonly limit: number
}

/** What the lines of the request log tell, so that savings can be grouped by it. */
export const SAVINGS_GROUPINGS = ['target', ...SCOPES, 'route', 'purpose', 'day'] as const

export type SavingsGrouping = (typeof SAVINGS_GROUPINGS)[number]

/** True for what savings can be grouped by as well. */
export function isSavingsGrouping(grouping: UsageGrouping): grouping is SavingsGrouping {
  return SAVINGS_GROUPINGS.some((known) => known === grouping)
}

export interface SavingsQuery extends Omit<UsageQuery, 'groupBy'> {
  /** Absent: all in one group. */
  readonly groupBy?: SavingsGrouping
  /** What saved it: rungs that were not needed, or answers that were kept. Absent: rungs. */
  readonly of?: 'rungs' | 'cache'
}

/**
 * What it saved to look at answers and begin with a cheap model: the price of the last rung, less what was paid. Below zero it has
 * cost more. As far back as the request log reaches.
 */
export interface SavingsGroup {
  readonly name: string
  /** Requests whose savings are known. */
  readonly requests: number
  /** Real money. */
  readonly savedNanoUsd: NanoUsd
  /** Invented money of simulated targets. */
  readonly simulatedNanoUsd: NanoUsd
}

export interface UsageGroup {
  readonly name: string
  readonly attempts: number
  readonly usage: Counts
  /** Real money. */
  readonly costNanoUsd: NanoUsd
  /** What budgets were charged of it: more than the cost where bills are not known. */
  readonly chargedNanoUsd: NanoUsd
  /** Invented money of simulated targets, never added to the real. */
  readonly simulatedNanoUsd: NanoUsd
  /** Attempts that used something and have no price. */
  readonly unpriced: number
  /** Attempts whose usage is not, or not all, the provider's report. */
  readonly estimated: number
  /** Attempts whose provider reported what cannot be true. */
  readonly anomalous: number
}
