import type { Exchange } from '../../exchange/exchange.ts'
import type { Target } from '../../exchange/target.ts'
import { formatUsd } from '../../kit/money.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'

/**
 * Sees to it that what is held covers a further attempt: what those that are over are charged, and the most of those under way
 * and of the next. Gives false, and takes down why, where the budget has no room for that: the attempt may not be begun. True
 * where the caller has no budget.
 *
 * @param next whose attempt is to be begun
 * @param running whose attempts are under way
 */
export function coversFurther(
  { upperBound, exchange }: { readonly upperBound: UpperBound; readonly exchange: Exchange },
  next: Target,
  running: readonly Target[],
): MaybePromise<boolean> {
  const { trail } = exchange
  const { reservation } = trail
  if (reservation === undefined) return true
  let neededNanoUsd = trail.chargedNanoUsd() + (mostCost(upperBound, exchange, next) ?? 0n)
  for (const target of running) neededNanoUsd += mostCost(upperBound, exchange, target) ?? 0n
  return andThen(reservation.raise(neededNanoUsd), (isHeld) => {
    if (isHeld) return true
    const detail = `needs $${formatUsd(neededNanoUsd)} in all`
    trail.decide({ step: 'filter', targets: [{ target: next.id, reason: 'beyond-budget', detail }] })
    return false
  })
}
