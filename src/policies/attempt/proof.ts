import type { Attempt } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'

/** What the end of an attempt says of its target: `nothing` where the client left, or where servers answer that do not wait for the model. */
export type Proof = 'well' | 'fault' | 'nothing'

/**
 * What the end of an attempt proves. Servers tell of a model that cannot do what it is asked in the words for one that they do not
 * have, so that proves nothing unless the model is known to be for it.
 *
 * @param failure what broke it or cut it short; absent after a complete answer
 */
export function proofOf({ exchange, target }: Attempt, failure?: Failure): Proof {
  const { proves, servedBy } = operationOf(exchange.request)
  if (failure === undefined) return proves === 'target' ? 'well' : 'nothing'
  if (failure.row.health === 'none') return 'nothing'
  const isMeant = servedBy === 'all' || target.capabilities.operations !== undefined
  return isMeant || failure.code !== 'provider-model-missing' ? 'fault' : 'nothing'
}
