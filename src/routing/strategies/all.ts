import type { Route } from '../../exchange/route.ts'
import { ordered } from './ordered.ts'
import type { Strategy } from './strategy.ts'
import { weighted } from './weighted.ts'

/** Every strategy, by the name that routes use. */
export const STRATEGIES: Readonly<Record<Route['strategy'], Strategy>> = { ordered, weighted }
