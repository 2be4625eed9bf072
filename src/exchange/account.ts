import type { NanoUsd } from '../kit/money.ts'
import type { QueueTerms } from './cap.ts'
import type { Owner } from './owner.ts'

/** Limits that hold for one owner of requests. Absent means unlimited. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly parallelRequests?: number
}

export const BUDGET_WINDOWS = ['hour', 'day', 'week', 'month', 'total'] as const

export type BudgetWindow = (typeof BUDGET_WINDOWS)[number]

export interface Budget {
  readonly window: BudgetWindow
  readonly limitNanoUsd: NanoUsd
}

/** An owner with what is known of it: its requests are limited and its spending is counted. */
export interface Account extends Owner {
  readonly name: string
  readonly limits: RateLimits
  readonly budgets: readonly Budget[]
  /** Where its limits are reached, requests wait for room. Absent: they are refused at once. */
  readonly queue?: QueueTerms
}
