import type { Exchange } from './exchange.ts'
import type { Operation, RequestOf, ResultOf } from './operations/all.ts'
import type { Purpose } from './purpose.ts'
import type { Trail } from './trail.ts'

/** A question of the house to a model, on behalf of an exchange that is under way. */
export interface Question<O extends Operation> {
  readonly request: RequestOf<O> & { readonly operation: O }
  readonly purpose: Purpose
  readonly parent: Exchange
  /** Where what happens is taken down, for whoever asks; absent: nobody looks at it. */
  readonly trail?: Trail
}

/**
 * Asks a model as the caller of the parent exchange, with the same permissions and out of the same budgets, and gives the whole
 * answer. The question is an exchange of its own, through the whole pipeline; in ledger and log it stands under its purpose.
 * It ends with its parent's time and when its client leaves. Rejects with `Failure`, as the parent would.
 */
export type Ask = <O extends Operation>(question: Question<O>) => Promise<ResultOf<O>>
