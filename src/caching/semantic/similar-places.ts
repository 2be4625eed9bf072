import type { Route } from '../../exchange/route.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'

/** A route, or a step of one, that gives similar answers. */
export interface SimilarPlace {
  /** `route`, or `route/step`. */
  readonly id: string
  readonly terms: SimilarTerms
}

/** How audits of a route are told from those of its other steps. */
export function similarPlaceOf({ name, step }: Pick<Route, 'name' | 'step'>): string {
  return step === undefined ? name : `${name}/${step}`
}

/** All of a plan, in the order of its routes. */
export function similarPlaces(routes: ReadonlyMap<string, Route>): readonly SimilarPlace[] {
  const found = new Map<string, SimilarPlace>()
  const take = (route: Route): void => {
    const terms = route.cache?.similar
    const id = similarPlaceOf(route)
    if (terms !== undefined) found.set(id, { id, terms })
  }
  for (const route of routes.values()) {
    if (route.steps === undefined) take(route)
    else for (const step of route.steps) take(step.route)
  }
  return [...found.values()]
}
