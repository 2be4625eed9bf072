import { bestOf } from './best-of.ts'
import { cheapest } from './cheapest.ts'
import { fastest } from './fastest.ts'
import { goodEnough } from './good-enough.ts'
import { headroom } from './headroom.ts'
import { leastBusy } from './least-busy.ts'
import { ordered } from './ordered.ts'
import type { Strategy } from './strategy.ts'
import { weighted } from './weighted.ts'

/** Every strategy. */
export const STRATEGIES: readonly Strategy[] = [
  ordered,
  weighted,
  cheapest,
  goodEnough,
  fastest,
  leastBusy,
  headroom,
  bestOf,
]

/** What a route does that names none. */
export const DEFAULT_STRATEGY: Strategy = ordered

/** The names of those that take weights, for messages. */
export const WEIGHING = STRATEGIES.filter(({ usesWeights }) => usesWeights)
  .map(({ name }) => name)
  .join(' or ')
