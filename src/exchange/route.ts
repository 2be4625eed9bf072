import type { FailureCode } from './failure-table.ts'
import type { Target } from './target.ts'

export interface RouteTarget {
  readonly target: Target
  readonly weight: number
}

/** A public model name and how a target is chosen for it. */
export interface Route {
  readonly name: string
  readonly strategy: 'ordered' | 'weighted'
  readonly targets: readonly RouteTarget[]
  /** Tried in order after `targets`. */
  readonly fallback: readonly RouteTarget[]
  /** Attempts in all, first included. */
  readonly maxAttempts: number
  /** How often one target is asked again when it failed for a moment, before the next one is. */
  readonly retries: number
  /** Milliseconds for all attempts together. */
  readonly deadlineMs: number
  /** Failure codes that lead to the next target in addition to the table's own. */
  readonly alsoFailOver: readonly FailureCode[]
  readonly strict: boolean
  readonly unpriced: Unpriced
}

/**
 * Who may use a model without a known price: everybody, callers without budgets, or nobody. A budget cannot hold what has no
 * price, and would be passed by without ever being spent.
 */
export type Unpriced = 'allow' | 'without-budget' | 'deny'

/** May a caller be sent to a model without a price by this route? */
export function allowsUnpriced({ unpriced }: Route, isBudgeted: boolean): boolean {
  return unpriced === 'allow' || (unpriced === 'without-budget' && !isBudgeted)
}
