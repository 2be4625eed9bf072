import type { Route } from '../exchange/route.ts'
import type { ProviderSetup } from './compile-providers.ts'
import { AUTO, compileAuto } from './compile-auto.ts'
import { compileMatches, type CompiledMatches } from './compile-match.ts'
import { plainRoute, type CompiledRoute, type RouteContext } from './compile-routes.ts'
import { compileRoute } from './compile-steps.ts'
import { defaultTargets } from './defaults.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'
import type { RouteConfig, StepConfig } from './schema/routes.ts'

/** What clients may call by a fixed name, and the wildcards. */
export interface CompiledNames extends CompiledMatches {
  readonly routes: ReadonlyMap<string, Route>
  /** Routes whose names end in `*`, as written. */
  readonly wildcards: readonly string[]
  readonly drafts: readonly ProblemDraft[]
}

/** Compiles routes and aliases under their names, and `auto` over the providers' own defaults when nobody declared it. */
export function compileNames(
  config: Config,
  setups: readonly ProviderSetup[],
  context: RouteContext,
): CompiledNames {
  const routes = new Map<string, Route>()
  const drafts: ProblemDraft[] = []
  const wildcards = Object.keys(config.routes).filter((name) => name.endsWith('*'))
  const add = (name: string, compiled: CompiledRoute): void => {
    drafts.push(...compiled.drafts)
    if (compiled.route !== undefined) routes.set(name, compiled.route)
  }
  const defaults = defaultTargets(setups)
  const isTaken = config.routes[AUTO] !== undefined || context.aliases.has(AUTO)
  if (config.auto !== undefined && isTaken) drafts.push(TWO_AUTOS)
  if (config.auto === undefined && !isTaken && defaults.length > 0)
    add(AUTO, plainRoute(AUTO, defaults, context))
  if (config.auto !== undefined)
    for (const [name, compiled] of compileAuto(config.auto, context)) add(name, compiled)
  for (const [name, written] of Object.entries(config.routes)) {
    const problem = nameProblem(name, written, context)
    if (problem !== undefined) drafts.push(problem)
    else if (!name.endsWith('*')) add(name, compileRoute(name, written, context))
    else drafts.push(...compileRoute(name, written, { ...context, wild: '*' }).drafts)
  }
  for (const [name, models] of context.aliases) {
    const compiled = plainRoute(name, models, context)
    add(name, { ...compiled, drafts: compiled.drafts.map((draft) => ({ ...draft, path: ['models', name] })) })
  }
  const matched = compileMatches(config, routes, context)
  drafts.push(...matched.drafts)
  return { ...matched, routes, wildcards, drafts: withoutEchoes(drafts) }
}

const TWO_AUTOS: ProblemDraft = {
  path: [AUTO],
  message: 'there is also a route or an alias called auto',
  hint: 'Rename that one, or remove this section.',
}

function nameProblem(name: string, written: RouteConfig, context: RouteContext): ProblemDraft | undefined {
  if (context.aliases.has(name)) {
    return {
      path: ['routes', name],
      message: `${name} is also an alias in models`,
      hint: 'Rename one of the two.',
    }
  }
  if (name.endsWith('*')) return undefined
  const hint = 'Put a * at the end of the name of the route, or name the model.'
  for (const [path, models] of modelLists(name, written)) {
    const starred = models.findIndex((model) => model.includes('*'))
    if (starred >= 0)
      return { path: [...path, starred], message: 'there is nothing to fill the * with', hint }
  }
  return undefined
}

type ModelList = readonly [path: readonly PathStep[], models: readonly string[]]

/** Where a route names models: itself, and in its steps. */
function modelLists(name: string, route: RouteConfig): readonly ModelList[] {
  const path = ['routes', name]
  const ofSteps = (route.steps ?? []).flatMap((step, index) => modelsOf(step, [...path, 'steps', index]))
  return [...modelsOf(route, path), ...ofSteps]
}

type WrittenModels = Pick<RouteConfig | StepConfig, 'targets' | 'fallback' | 'split' | 'canary'>

function modelsOf({ targets = [], fallback, split, canary }: WrittenModels, path: readonly PathStep[]) {
  const lists: ModelList[] = [
    [[...path, 'targets'], targets.map(({ model }) => model)],
    [[...path, 'fallback', 'to'], fallback?.to ?? []],
    [[...path, 'canary', 'targets'], canary?.targets ?? []],
  ]
  for (const [arm, { targets: own = [] }] of Object.entries(split?.arms ?? {}))
    lists.push([[...path, 'split', 'arms', arm, 'targets'], own])
  return lists
}

/** What is wrong inside an alias is reported at the alias, not again at every route that uses it. */
function withoutEchoes(drafts: readonly ProblemDraft[]): ProblemDraft[] {
  const atAliases = new Set(drafts.filter(({ path }) => path[0] === 'models').map(({ message }) => message))
  const seen = new Set<string>()
  return drafts.filter(({ path, message }) => {
    const key = `${path.join('.')} ${message}`
    const isEcho = seen.has(key) || (path[0] === 'routes' && atAliases.has(message))
    seen.add(key)
    return !isEcho
  })
}
