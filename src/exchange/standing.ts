import type { Account } from './account.ts'
import type { Constraint } from './constraint.ts'
import type { Scope } from './owner.ts'
import { BudgetPeriods } from './budget-periods.ts'

/** Rates are per minute. */
export const WINDOW_MS = 60_000

/** A limit of requests at a time, in the form in which counters take it. */
export interface LimitedSlots {
  readonly scope: Scope
  /** The name by which counters know it: `<scope>:<id>:parallel`. */
  readonly account: string
  readonly limit: number
}

/** What a rate counts, in the words of the headers. */
export type RateMetric = 'requests' | 'tokens'

/** A limit per window, in the form in which counters take it. */
export interface LimitedRate {
  readonly scope: Scope
  /** The name by which counters know it: `<scope>:<id>:<metric>`. */
  readonly account: string
  readonly metric: RateMetric
  /** Units per window. */
  readonly limit: number
  readonly windowMs: number
  /** What an empty request takes: one request, no tokens. */
  readonly units: number
}

/** What a key allows. */
export interface Permissions {
  /** Patterns (`openai/*`, `smart`) of models and routes; absent means all. */
  readonly models?: readonly string[]
  /** Absent means all. */
  readonly operations?: readonly string[]
  /** What every target must fulfil that they are answered by. */
  readonly only?: readonly Constraint[]
  /** What may be asked of the gateway itself per request. */
  readonly allowedOptions: readonly string[]
}

/**
 * Everything that holds for whoever asks: what they may do, what they are held to, what they may spend. Worked out once, when a
 * key is first used or what is known of its owners has changed, and never per request.
 */
export interface Standing extends Permissions {
  /** Who requests are counted for, narrowest first. */
  readonly accounts: readonly Account[]
  readonly slots: readonly LimitedSlots[]
  readonly rates: readonly LimitedRate[]
  readonly budgetPeriods: BudgetPeriods
}

/** Works out the standing that some accounts, narrowest first, have together. */
export function standingOf(accounts: readonly Account[], permissions: Permissions): Standing {
  return {
    ...permissions,
    accounts,
    slots: accounts.flatMap(slotsOf),
    rates: accounts.flatMap(ratesOf),
    budgetPeriods: new BudgetPeriods(accounts),
  }
}

function slotsOf({ scope, id, limits: { parallelRequests: limit } }: Account): LimitedSlots[] {
  return limit === undefined ? [] : [{ scope, account: `${scope}:${id}:parallel`, limit }]
}

function ratesOf({ scope, id, limits }: Account): LimitedRate[] {
  const rateOf = (metric: RateMetric, limit: number | undefined, units: number): LimitedRate[] =>
    limit === undefined
      ? []
      : [{ scope, account: `${scope}:${id}:${metric}`, metric, limit, windowMs: WINDOW_MS, units }]
  return [...rateOf('requests', limits.requestsPerMinute, 1), ...rateOf('tokens', limits.tokensPerMinute, 0)]
}
