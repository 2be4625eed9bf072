import type { NanoUsd } from '../kit/money.ts'
import type { BudgetWindow } from './account.ts'

/** A share of the requests of a route is asked of somebody else as well, whose answers nobody gets. */
export interface ShadowTerms {
  /** The model or route that is asked. */
  readonly to: string
  /** Buckets of 10,000. */
  readonly share: number
  /** What all shadows of the route may cost in a window. */
  readonly budget: { readonly limitNanoUsd: NanoUsd; readonly window: BudgetWindow }
}
