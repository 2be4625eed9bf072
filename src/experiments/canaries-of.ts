import type { Route } from '../exchange/route.ts'
import type { CanaryTerms } from '../exchange/split.ts'

/** The canaries of routes and of their steps, each once, in order. */
export function canariesOf(routes: ReadonlyMap<string, Route>): readonly CanaryTerms<Route>[] {
  const found = new Map<string, CanaryTerms<Route>>()
  const take = ({ canary }: Route): void => {
    if (canary !== undefined) found.set(canary.id, canary)
  }
  for (const route of routes.values()) {
    if (route.steps === undefined) take(route)
    else for (const step of route.steps) take(step.route)
  }
  return [...found.values()]
}
