import type { Condition } from '../exchange/condition.ts'
import { MODEL_OPERATIONS, type Operation } from '../exchange/operations/all.ts'
import type { Proof } from '../exchange/proof.ts'
import { entriesOf, type Route, type RouteMatch } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { operationsAt } from './can-reach.ts'
import { representativesOf } from './representatives.ts'

/** A route that a request for some name may be led to. */
export interface Lead {
  readonly route: Route
  /** What leads there where that is not the name. */
  readonly match: RouteMatch | undefined
  /** The conditions of matches on the way there, its own included. */
  readonly asked: readonly Condition[]
}

/** Where requests for a name may be led: by each match, and by the name itself. */
export function leadsFrom(model: string, { matches = [], resolveRoute }: Plan): readonly Lead[] {
  const conditions = matches.map(({ when }) => when)
  const byMatch = matches.map((match, index) => ({
    route: match.route,
    match,
    asked: conditions.slice(0, index + 1),
  }))
  const route = resolveRoute(model)
  return route === undefined ? byMatch : [...byMatch, { route, match: undefined, asked: conditions }]
}

/**
 * Every name that leads somewhere else; behind a wildcard, one that nobody has listed; where routes take requests of any name, also what
 * they can tell apart of names. Undefined where that is more than can be tried.
 */
export function namesAsked(proof: Proof, plan: Plan): readonly string[] | undefined {
  const { matches } = plan
  if (matches === undefined) return proof.routes === undefined ? allNames(plan) : proof.routes.map(toName)
  const told = representativesOf(
    'request.model',
    matches.map(({ when }) => when),
  )
  if (told === undefined) return undefined
  const names = told.filter((name) => typeof name === 'string' && name !== '').map(String)
  return [...new Set([...(proof.routes ?? []).map(toName), ...allNames(plan), ...names])]
}

function allNames(plan: Plan): readonly string[] {
  const targets = [...plan.routes.values()].flatMap(entriesOf)
  const providers = new Set(targets.map(({ target }) => target.provider))
  return [
    ...plan.routes.keys(),
    ...plan.models.map(({ id }) => id).filter((id) => !plan.routes.has(id)),
    ...[...providers].map((provider) => `${provider}/any-model`),
  ]
}

/** Is a proof about requests for a name that are led to a route: because of the one, or of the other? */
export function isAbout({ routes }: Proof, model: string, { name }: Route): boolean {
  return routes === undefined || routes.includes(name) || routes.some((one) => toName(one) === model)
}

function toName(route: string): string {
  return route.replace('*', 'any-model')
}

/** What can be asked for: of the targets, or whatever there is where a match goes by it. */
export function operationsFor(asked: readonly Condition[], route: Route): readonly Operation[] {
  const isMatched = asked.some(({ facts }) => facts.includes('request.operation'))
  return isMatched ? MODEL_OPERATIONS : operationsAt(route)
}
