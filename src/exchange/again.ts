import type { NanoUsd } from '../kit/money.ts'

/** The most that all attempts of an exchange may cost together: a multiple of what the first may cost at most, or an amount. */
export type CostLimit = { readonly times: number } | { readonly nanoUsd: NanoUsd }

/** How a route tries again, where it says more than how often and how long. */
export interface AgainTerms {
  /** What a further attempt must fit into, beside those before it. The first one is always made. */
  readonly cost?: CostLimit
}
