import type { Route } from '../exchange/route.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import { plainRoute, type RouteContext } from './compile-routes.ts'
import { compileRoute } from './compile-steps.ts'
import type { Config } from './schema.ts'

const LONGEST_NAME = 256
/** What no name in the file can hold either: blanks, line breaks, control characters. */
const NOT_IN_NAMES = /[\s\p{Cc}]/u

export interface ResolverSources {
  readonly routes: ReadonlyMap<string, Route>
  /** Names that end in `*`. */
  readonly wildcards: readonly string[]
  readonly config: Config
  readonly context: RouteContext
}

/**
 * Creates the lookup of a plan: exact names first, then the wildcard with the longest prefix, then `provider/model` itself.
 * What is made on demand is remembered in a bounded map, because clients choose the names.
 */
export function createRouteResolver(sources: ResolverSources): (model: string) => Route | undefined {
  const made = createLru<string, Route>(LIMITS.resolvedRoutes)
  const wildcards = sources.wildcards.toSorted((left, right) => right.length - left.length)
  const make = (model: string): Route | undefined => {
    const wildcard = wildcards.find(
      (name) => model.startsWith(name.slice(0, -1)) && model.length >= name.length,
    )
    if (wildcard !== undefined) return makeWild(wildcard, model, sources)
    return plainRoute(model, [model], { ...sources.context, aliases: new Map() }).route
  }
  return (model) => {
    const known = sources.routes.get(model) ?? made.get(model)
    if (known !== undefined || model.length > LONGEST_NAME || NOT_IN_NAMES.test(model)) return known
    const route = make(model)
    if (route !== undefined) made.set(model, route)
    return route
  }
}

/** A wildcard keeps its own name, so that labels and reports stay few whatever clients ask for. */
function makeWild(wildcard: string, model: string, { config, context }: ResolverSources): Route | undefined {
  const written = config.routes[wildcard]
  if (written === undefined) return undefined
  return compileRoute(wildcard, written, { ...context, wild: model.slice(wildcard.length - 1) }).route
}
