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
