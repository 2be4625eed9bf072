import type { NanoUsd } from '../kit/money.ts'
import type { FailureCode } from './failure-table.ts'

/** The most that all attempts of an exchange may cost together: a multiple of what the first may cost at most, or an amount. */
export type CostLimit = { readonly times: number } | { readonly nanoUsd: NanoUsd }

/** The pause before a target is asked again: anything up to `fromMs`, doubled with every try, `toMs` at most. */
export interface Backoff {
  readonly fromMs: number
  readonly toMs: number
}

/** How an answer is gone on with that broke off when some of it was shown. */
export interface ContinueTerms {
  /** Said at the seam, as if it were text of the answer. Absent: nothing is. */
  readonly mark?: string
  /** Are targets told by an instruction that take no beginning of an answer? Else they are not asked. */
  readonly instructs: boolean
}

/** How a route tries again, where it says more than how often and how long. */
export interface AgainTerms {
  /** What a further attempt must fit into, beside those before it. The first one is always made. */
  readonly cost?: CostLimit
  /** After these failures a target is asked again, in addition to those of the table. */
  readonly alsoRetry?: readonly FailureCode[]
  /** Absent: the usual pause. */
  readonly backoff?: Backoff
  /** True where the wait that a provider names is not obeyed, and the pause taken instead. */
  readonly ownPauses?: boolean
  /** These failures never lead to another target, whatever the table says. */
  readonly neverFailOver?: readonly FailureCode[]
  /** Absent: an answer that breaks off ends with its failure. */
  readonly continues?: ContinueTerms
}
