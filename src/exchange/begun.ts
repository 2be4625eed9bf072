/**
 * Why an attempt is begun: it is the `first`; a `retry` of a target that was asked before; a `fallback` after a failure; the
 * further one of a `hedge` or a `race`, beside others; the next `rung`, because an answer was not good
 * enough; or to `continue` one that broke off.
 */
export type BegunFor = 'first' | 'retry' | 'fallback' | 'hedge' | 'race' | 'rung' | 'continue'

/** What the row of an attempt says of its place among the attempts of an exchange. */
export interface Begun {
  readonly for: BegunFor
  /** One more than the answers that were dropped before it. Absent where no answers are looked at. */
  readonly rung?: number
}
