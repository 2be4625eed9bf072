import type { Dialect } from '../dialects/dialect.ts'
import type { Route } from '../exchange/exchange.ts'
import type { ListedModel, Plan } from '../gateway/plan.ts'
import { sha256Hex } from '../kit/hash.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { compileKeys, compileProjects, toRateLimits, type HashKey } from './compile-accounts.ts'
import { setUpProviders, type FoundProvider, type ProviderSetup } from './compile-providers.ts'
import {
  compileRoute,
  plainRoute,
  readAliases,
  type CompiledRoute,
  type RouteContext,
} from './compile-routes.ts'
import { createTargetMaker, type PriceLookup } from './compile-targets.ts'
import { defaultTargets } from './defaults.ts'
import type { Environment } from './interpolate.ts'
import type { LoadedConfig } from './load.ts'
import { isUsable, placeDraft, sortProblems, type ConfigProblem, type ProblemDraft } from './problems.ts'
import { createRouteResolver } from './resolve-route.ts'
import type { Config } from './schema.ts'
import type { ModelOverride } from './schema/models.ts'

/** What config is compiled against: everything that is not in the file. */
export interface CompileParts {
  readonly definitions: readonly ProviderDefinition[]
  readonly dialects: readonly Dialect[]
  readonly environment: Environment
  /** Providers found in the environment and on this machine, simulator included, best first. */
  readonly found: readonly FoundProvider[]
  readonly priceOf: PriceLookup
  readonly hashKey: HashKey
  /** Grows with each load of this process. */
  readonly sequence: number
}

/** A plan, or why there is none. */
export interface CompiledConfig {
  readonly plan?: Plan
  readonly config?: Config
  /** Enabled providers in order, for screens. */
  readonly providers: readonly ProviderSetup[]
  readonly problems: readonly ConfigProblem[]
}

/** The name that stands for "you choose". */
export const AUTO_ROUTE = 'auto'

/**
 * Compiles a loaded configuration to a plan. What it refers to must exist; everything that does not is reported together.
 *
 * @param text the file as loaded; its hash becomes part of the plan's version
 */
export function compileConfig(loaded: LoadedConfig, text: string, parts: CompileParts): CompiledConfig {
  const { config } = loaded
  if (config === undefined) return { providers: [], problems: loaded.problems }
  const built = build(config, loaded, parts)
  const drafts = built.drafts.map((draft) => placeDraft(draft, loaded.locate))
  const problems = sortProblems([...loaded.problems, ...drafts])
  const providers = [...built.providers.setups.values()]
  if (!isUsable(problems)) return { providers, problems }
  const version = `${parts.sequence}-${sha256Hex(text).slice(0, 6)}`
  return { plan: toPlan(version, config, built), config, providers, problems }
}

type Built = ReturnType<typeof build>

function build(config: Config, { secrets }: LoadedConfig, parts: CompileParts) {
  const { definitions, environment, found, dialects, priceOf } = parts
  const providers = setUpProviders(config.providers, { definitions, environment, found, secrets })
  const overrides = readOverrides(config)
  const makeTarget = createTargetMaker({ providers, overrides, dialects, priceOf })
  const { aliases, drafts: aliasDrafts } = readAliases(config.models)
  const context: RouteContext = {
    aliases,
    makeTarget,
    routeNames: Object.keys(config.routes),
    unpriced: config.pricing.unpriced,
  }
  const named = compileNamed(config, [...providers.setups.values()], context)
  const keys = compileKeys(config, { secrets, hashKey: parts.hashKey })
  // A provider that could not be set up is one mistake; that routes name it is not another.
  const hasBrokenProvider = providers.drafts.length > 0
  const routeDrafts = hasBrokenProvider ? named.drafts.filter(isNotAboutProviders) : named.drafts
  return {
    providers,
    context,
    named,
    keys: keys.keys,
    listed: [...overrides.keys()],
    drafts: [
      ...providers.drafts,
      ...aliasDrafts,
      ...overrideProblems(overrides, context, hasBrokenProvider),
      ...routeDrafts,
      ...keys.drafts,
    ],
  }
}

function isNotAboutProviders(draft: ProblemDraft): boolean {
  return !draft.message.startsWith('there is no provider')
}

function readOverrides(config: Config): ReadonlyMap<string, ModelOverride> {
  const overrides = new Map<string, ModelOverride>()
  for (const [name, entry] of Object.entries(config.models)) {
    if (typeof entry !== 'string' && !Array.isArray(entry)) overrides.set(name, entry)
  }
  return overrides
}

function overrideProblems(
  overrides: ReadonlyMap<string, ModelOverride>,
  { makeTarget }: RouteContext,
  hasBrokenProvider: boolean,
): ProblemDraft[] {
  return [...overrides.keys()].flatMap((name) => {
    const made = makeTarget(name)
    if (!('missing' in made) || made.missing !== 'provider' || hasBrokenProvider) return []
    return [{ path: ['models', name], message: made.message, hint: made.hint }]
  })
}

interface Named {
  readonly routes: ReadonlyMap<string, Route>
  /** Routes whose names end in `*`, as written. */
  readonly wildcards: readonly string[]
  readonly drafts: readonly ProblemDraft[]
}

/** Routes and aliases under their names; `auto` over the providers' own defaults when nobody declared it. */
function compileNamed(config: Config, setups: readonly ProviderSetup[], context: RouteContext): Named {
  const routes = new Map<string, Route>()
  const drafts: ProblemDraft[] = []
  const wildcards: string[] = []
  const add = (name: string, compiled: CompiledRoute): void => {
    drafts.push(...compiled.drafts)
    if (compiled.route !== undefined) routes.set(name, compiled.route)
  }
  const auto = defaultTargets(setups)
  if (config.routes[AUTO_ROUTE] === undefined && !context.aliases.has(AUTO_ROUTE) && auto.length > 0) {
    add(AUTO_ROUTE, plainRoute(AUTO_ROUTE, auto, context))
  }
  for (const [name, written] of Object.entries(config.routes)) {
    if (name.endsWith('*')) {
      wildcards.push(name)
      drafts.push(...compileRoute(name, written, { ...context, wild: 'any-model' }).drafts)
      continue
    }
    const starred = written.targets.findIndex(({ model }) => model.includes('*'))
    if (starred >= 0) {
      const hint = 'Put a * at the end of the name of the route, or name the model.'
      drafts.push({ path: ['routes', name, 'targets', starred], message: 'a * without one to fill it', hint })
      continue
    }
    if (context.aliases.has(name)) {
      drafts.push({
        path: ['routes', name],
        message: `${name} is also an alias in models`,
        hint: 'Rename one.',
      })
      continue
    }
    add(name, compileRoute(name, written, context))
  }
  for (const [name, models] of context.aliases) {
    const compiled = plainRoute(name, models, context)
    const inModels = compiled.drafts.map((draft) => ({ ...draft, path: ['models', name] }))
    add(name, { ...compiled, drafts: inModels })
  }
  return { routes, wildcards, drafts }
}

function toPlan(version: string, config: Config, { named, context, providers, keys, listed }: Built): Plan {
  const routes = new Map(named.routes)
  const setups = [...providers.setups.values()]
  const known = [
    ...setups.flatMap((setup) => setup.models.map((model) => `${setup.name}/${model}`)),
    ...listed,
  ]
  const targets = [...named.routes.values()].flatMap((route) => [...route.targets, ...route.fallback])
  for (const id of [...targets.map(({ target }) => target.id), ...known]) {
    if (routes.has(id) || named.wildcards.some((name) => id.startsWith(name.slice(0, -1)))) continue
    const { route } = plainRoute(id, [id], { ...context, aliases: new Map() })
    if (route !== undefined) routes.set(id, route)
  }
  return {
    version,
    routes,
    resolveRoute: createRouteResolver({ routes, wildcards: named.wildcards, config, context }),
    models: [...routes.values()].map(listModel),
    projects: compileProjects(config),
    declaredKeys: keys,
    denyUnpriced: config.pricing.unpriced === 'deny',
    keyLimits: toRateLimits(config.limits),
  }
}

function listModel({ name, targets }: Route): ListedModel {
  const [first] = targets
  const facts = first?.target.capabilities
  return {
    id: name,
    ownedBy: first?.target.id === name ? first.target.provider : 'gatehouse',
    ...(facts?.contextTokens === undefined ? {} : { contextTokens: facts.contextTokens }),
    ...(facts?.maxOutputTokens === undefined ? {} : { maxOutputTokens: facts.maxOutputTokens }),
  }
}
