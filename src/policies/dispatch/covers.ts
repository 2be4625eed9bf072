import type { Exchange } from '../../exchange/exchange.ts'
import type { Target } from '../../exchange/target.ts'
import { showUsd, type NanoUsd } from '../../kit/money.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'

/**
 * Sees to it that what is held for the caller covers a further attempt. Gives false, and takes down why, where his budget has no
 * room for that: the attempt may not be begun. True where he has no budget.
 *
 * @param next whose attempt is to be begun
 * @param neededNanoUsd what those that are over are charged, and the most of those under way and of the next
 */
export function coversFurther(
  { trail }: Exchange,
  next: Target,
  neededNanoUsd: NanoUsd,
): MaybePromise<boolean> {
  const { reservation } = trail
  if (reservation === undefined) return true
  return andThen(reservation.raise(neededNanoUsd), (isHeld) => {
    if (isHeld) return true
    const detail = `needs ${showUsd(neededNanoUsd)} in all`
    trail.decide({ step: 'filter', targets: [{ target: next.id, reason: 'beyond-budget', detail }] })
    return false
  })
}
