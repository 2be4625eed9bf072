import type { FactValues } from '../exchange/condition.ts'
import { imaginedFacts } from '../exchange/imagined-facts.ts'
import type { RouteMatch } from '../exchange/route.ts'

/** How the routes were gone through that take requests of any name. */
export interface TakenMatch {
  /** The first whose condition holds; undefined where none does. */
  readonly taken: RouteMatch | undefined
  /** Names of the routes before it whose conditions cannot be said. */
  readonly failed: readonly string[]
}

/** Takes the first match whose condition holds. Pure. */
export function takeMatch(matches: readonly RouteMatch[], facts: FactValues): TakenMatch {
  const failed: string[] = []
  for (const match of matches) {
    const holds = match.when.holds(facts)
    if (holds === true) return { taken: match, failed }
    if (holds === undefined) failed.push(match.route.name)
  }
  return { taken: undefined, failed }
}

/** The match that takes every request for a name, whatever else there is to it; undefined where that is not certain. */
export function takeName(matches: readonly RouteMatch[] | undefined, model: string): RouteMatch | undefined {
  const ofNames = matches?.filter(({ when }) => goesByName(when.facts))
  if (ofNames === undefined || ofNames.length === 0) return undefined
  return takeMatch(ofNames, imaginedFacts(new Map([['request.model', model]]))).taken
}

function goesByName(facts: readonly string[]): boolean {
  return facts.every((fact) => fact === 'request.model')
}
