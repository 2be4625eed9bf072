import type { VerdictReason } from '../../exchange/decision.ts'
import type { RouteTarget } from '../../exchange/route.ts'
import type { Random } from '../../kit/random.ts'

/** What a strategy may decide by besides the targets themselves. */
export interface Draw {
  readonly random: Random
  /** Requests with the same value should meet the same target while it is there: a session, a prompt-cache key. */
  readonly affinity?: string | undefined
}

/** A way of putting the eligible targets of a route in order, best first. Pure. */
export interface Strategy {
  order(targets: readonly RouteTarget[], draw: Draw): readonly RouteTarget[]
  /** Why the first one is first. */
  readonly reason: VerdictReason
}
