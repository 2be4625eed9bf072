import type { Route, RouteTarget } from '../exchange/route.ts'
import { entriesOf } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import { waysOf } from './ways-of.ts'

/** A name that leads to a model. */
export interface LeadingName {
  readonly name: string
  /** What the model is there: `target`, `fallback`, or what leads on to it, such as `arm b`. */
  readonly as: string
}

/** A model at a provider, and the names by which it is reached beside its own. */
export interface ReachableModel {
  readonly target: Target
  readonly names: readonly LeadingName[]
}

/** The models that the plan names: in its routes, whatever way leads there, and of providers that tell what they have. */
export function namedModels({ routes, matches = [] }: Pick<Plan, 'routes' | 'matches'>): ReachableModel[] {
  const models = new Map<string, { readonly target: Target; readonly names: Map<string, string> }>()
  const note = (name: string, as: string, entries: readonly RouteTarget[]): void => {
    for (const { target } of entries) {
      const model = models.get(target.id) ?? { target, names: new Map<string, string>() }
      models.set(target.id, model)
      if (name !== target.id && !model.names.has(name)) model.names.set(name, as)
    }
  }
  for (const route of new Set([...routes.values(), ...matches.map((match) => match.route)]))
    for (const { via, route: way } of everyWay(route)) {
      note(route.name, via === '' ? 'target' : via, way.targets)
      note(route.name, via === '' ? 'fallback' : via, way.fallback)
    }
  return [...models.values()].map(({ target, names }) => ({
    target,
    names: [...names].map(([name, as]) => ({ name, as })),
  }))
}

/** The model that a name `provider/model` means, whether or not the plan names it; undefined where there is none. */
export function modelCalled(
  id: string,
  { resolveRoute }: Pick<Plan, 'resolveRoute'>,
): ReachableModel | undefined {
  const route = resolveRoute(id)
  const found = route === undefined ? undefined : entriesOf(route).find(({ target }) => target.id === id)
  return found === undefined ? undefined : { target: found.target, names: [] }
}

function everyWay(route: Route) {
  return (route.steps?.map((step) => step.route) ?? [route]).flatMap(waysOf)
}
