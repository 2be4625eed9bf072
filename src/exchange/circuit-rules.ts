/** When a target is left alone, and for how long. */
export interface CircuitRules {
  /** Faults in a row that open the circuit. */
  readonly faults: number
  /** Share of faults among the calls of the last half minute that opens it too, 0 to 1, */
  readonly faultShare: number
  /** once these are so many that they mean something. */
  readonly leastCalls: number
  /** The rest after the first opening; it doubles with every failed probe. */
  readonly firstRestMs: number
  /** The longest rest, and so the longest time until a target that is well again is asked. */
  readonly longestRestMs: number
  /** Calls that are let through at once when a rest is over, to see whether it is well. */
  readonly probes: number
}
