import type { NanoUsd } from '../kit/money.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'

/** The money that is held for an exchange. */
export interface Reservation {
  /**
   * Holds at least so much in all. Where less is held, budgets are asked for the rest; false: they have no room for it, or
   * cannot be asked, and what was held stays as it was. Must be over before the exchange is.
   */
  raise(toNanoUsd: NanoUsd): MaybePromise<boolean>
}
