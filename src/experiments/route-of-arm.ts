import type { Route } from '../exchange/route.ts'
import { BUCKETS, type CanaryTerms, type SplitArm } from '../exchange/split.ts'

/** The arms of a canary's route: whoever is not on it, and whoever is. */
const REST = 'stable'
export const CANARY = 'canary'

/** The arms of a canary's route, of which it has so many buckets. */
export function armsOfCanary({ route }: CanaryTerms<Route>, share: number): readonly SplitArm<Route>[] {
  return [
    { name: REST, share: BUCKETS - share },
    { name: CANARY, share, route },
  ]
}

/** The route by which an arm of another one goes; that one itself where the arm has no targets of its own. */
export function routeOfArm(route: Route, arm: string): Route {
  const { split, canary } = route
  const arms = split?.arms ?? (canary === undefined ? [] : armsOfCanary(canary, 0))
  return arms.find(({ name }) => name === arm)?.route ?? route
}
