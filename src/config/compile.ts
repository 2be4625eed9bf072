import { entriesOf, type Route } from '../exchange/route.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { createConditionCompiler } from '../exchange/compile-condition.ts'
import { listedModel, type ListedModel, type Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Secret } from '../kit/secret.ts'
import { takeName } from '../routing/take-match.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import type { AlertWords } from './alert-words.ts'
import { compileAlerts, type AlertSurroundings } from './compile-alerts.ts'
import { circuitOf } from './compile-guards.ts'
import {
  compileKeys,
  compileProjects,
  createConstraintLookup,
  createKeyCompleter,
  type HashKey,
} from './compile-accounts.ts'
import { compileContent, type ContentContext } from './compile-content.ts'
import { compileDrills, type DrillContext } from './compile-drills.ts'
import type { Letters } from '../guardrails/hooks/letter.ts'
import type { ReuseLooker } from '../guardrails/kept-lookers.ts'
import { compileGuardrails, type GuardrailContext } from './compile-guardrails.ts'
import { compileProofs, type ProofContext } from './compile-proofs.ts'
import { setUpProviders, type FoundProvider, type ProviderSetup } from './compile-providers.ts'
import { compileNames } from './compile-names.ts'
import { plainRoute, readAliases, type RouteContext } from './compile-routes.ts'
import { accountProblems, createOnlyCheck } from './compile-only.ts'
import { sinkProblems } from './compile-sinks.ts'
import {
  createTargetMaker,
  isTarget,
  type FactLookup,
  type PriceLookup,
  type TargetMaker,
} from './compile-targets.ts'
import type { Environment } from './interpolate.ts'
import type { LoadedConfig } from './load.ts'
import { isLoopbackHost } from './loopback.ts'
import {
  isUsable,
  toConfigProblem,
  sortProblems,
  type ConfigProblem,
  type PathStep,
  type ProblemDraft,
} from './problems.ts'
import { createRouteResolver } from './resolve-route.ts'
import type { Config } from './schema.ts'
import type { SecretsByReference } from './secrets.ts'
import { knownNames, listedNames, type KnownModels } from './known-names.ts'
import type { ModelOverride } from './schema/models.ts'

const SHORTEST_ADMIN_TOKEN = 16

/** What config is compiled against: everything that is not in the file. */
export interface CompileParts {
  readonly definitions: readonly ProviderDefinition[]
  /** By name. */
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly environment: Environment
  /** Providers found in the environment and on this machine, simulator included, best first. */
  readonly found: readonly FoundProvider[]
  readonly priceOf: PriceLookup
  readonly listedFacts: FactLookup
  readonly knownModels: KnownModels
  readonly hashKey: HashKey
  /** What rules that ring can speak of. */
  readonly alertWords: AlertWords
  readonly nowMs: () => number
  /** Keeps what guardrails are compiled to. */
  readonly reuse: ReuseLooker
  /** Asks servers of guardrails. */
  readonly letters: Letters
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
  /** What it was compiled from. */
  readonly loaded: LoadedConfig
  /** Why the managed document is left out of it; absent: it is part of it. */
  readonly leftOut?: readonly ConfigProblem[]
}

/**
 * Compiles a loaded configuration to a plan. What it refers to must exist; everything that does not is reported together.
 *
 * @param text the file as loaded; its hash becomes part of the plan's version
 */
export function compileConfig(loaded: LoadedConfig, text: string, parts: CompileParts): CompiledConfig {
  const { config } = loaded
  if (config === undefined) return { providers: [], problems: loaded.problems, loaded }
  const built = build(config, loaded, parts)
  const drafts = built.drafts.map((draft) => toConfigProblem(draft, loaded.locate))
  const problems = sortProblems([...loaded.problems, ...drafts])
  const providers = built.setups
  if (!isUsable(problems)) return { providers, problems, loaded }
  const version = `${parts.sequence}-${sha256Hex(text).slice(0, 6)}`
  const behind = knownNames(built.named.wildcards, {
    config,
    setups: built.setups,
    knownModels: parts.knownModels,
  })
  const listed = { setups: built.setups, knownModels: parts.knownModels }
  const plan = {
    ...toPlan(version, config, { ...built, behind }),
    listedNames: () => listedNames(listed),
  }
  return { plan, config, providers, problems, loaded }
}

type Built = ReturnType<typeof build>

function build(config: Config, { secrets, layers, readText }: LoadedConfig, parts: CompileParts) {
  const { dialects, priceOf, listedFacts } = parts
  const isOwnKey = (secret: Secret): boolean => parts.hashKey(secret) !== undefined
  const sources = { ...parts, secrets, isOwnKey, keepsFound: layers?.keepsFound === true }
  const providers = setUpProviders(config.providers, sources)
  const overrides = readOverrides(config)
  const nowMs = parts.nowMs()
  const targets = createTargetMaker({
    providers,
    overrides,
    dialects,
    priceOf,
    listedFacts,
    health: config.health,
    nowMs,
  })
  const { aliases, drafts: aliasDrafts } = readAliases(config.models)
  const context: RouteContext = {
    aliases,
    makeTarget: targets.makeTarget,
    compileCondition: createConditionCompiler(),
    routeNames: Object.keys(config.routes),
    providerNames: [...providers.setups.keys(), ...providers.disabled],
    dialectNames: [...dialects.keys()],
    unpriced: config.pricing.unpriced,
    nowMs,
    cacheDefault: config.defaults.cache,
  }
  const setups = [...providers.setups.values()]
  const checkOnly = createOnlyCheck([...providers.setups.keys()], targets.makeTarget)
  const named = compileNames(config, setups, context)
  const keys = compileKeys(config, { secrets, hashKey: parts.hashKey })
  const routeNames = [...named.routes.keys(), ...named.wildcards]
  const words = parts.alertWords
  const referred = { ...parts, ...context, setups, routeNames, secrets, words, readText }
  const referring = compileReferring(config, referred)
  return {
    setups,
    context,
    named,
    keys: keys.keys,
    ...referring.built,
    constraintsOf: createConstraintLookup(config),
    checkOnly,
    overridden: [...overrides.keys()],
    drafts: [
      ...adminProblems(config, secrets),
      ...providers.drafts,
      ...targets.drafts,
      ...aliasDrafts,
      ...overrideProblems(overrides, targets.makeTarget),
      ...permissionProblems(config, targets.makeTarget),
      ...named.drafts,
      ...keys.drafts,
      ...referring.drafts,
      ...accountProblems(config, checkOnly),
      ...telemetryProblems(config, secrets, context.providerNames),
    ],
  }
}

/** Compiles what refers to routes and targets without being one. */
function compileReferring(
  config: Config,
  context: ProofContext & ContentContext & DrillContext & AlertSurroundings & GuardrailContext,
) {
  const proofs = compileProofs(config, context)
  const content = compileContent(config, context)
  const guardrails = compileGuardrails(config, context)
  const drills = compileDrills(config, context)
  const alerts = compileAlerts(config, context)
  return {
    built: {
      proofs: proofs.proofs,
      content: content.content,
      guardrails: guardrails.guardrails,
      drills: drills.drills,
      alerts: alerts.alerts,
    },
    drafts: [...content.drafts, ...guardrails.drafts, ...drills.drafts, ...alerts.drafts, ...proofs.drafts],
  }
}

/** Whoever has the admin token may make keys: it must not be guessed, and beyond this machine somebody must have chosen it. */
function adminProblems({ server }: Config, secrets: SecretsByReference): ProblemDraft[] {
  const token = server.admin_token === undefined ? undefined : secrets.get(server.admin_token)
  if (token !== undefined && token.reveal().length < SHORTEST_ADMIN_TOKEN) {
    const message = `must be at least ${SHORTEST_ADMIN_TOKEN} characters long`
    return [{ path: ['server', 'admin_token'], message, hint: 'Make one with: openssl rand -hex 32' }]
  }
  if (server.admin_token !== undefined || isLoopbackHost(server.admin_host)) return []
  const message = `the admin listener needs an admin_token to bind to ${server.admin_host}`
  return [{ path: ['server', 'admin_host'], message, hint: 'Write admin_token: env:GATEHOUSE_ADMIN_TOKEN.' }]
}

function telemetryProblems(
  config: Config,
  secrets: SecretsByReference,
  providers: readonly string[],
): ProblemDraft[] {
  return [...propagateProblems(config, providers), ...sinkProblems(config, secrets)]
}

/** A trace that is told to nobody would be missed where it is looked for. */
function propagateProblems({ telemetry }: Config, providers: readonly string[]): ProblemDraft[] {
  return telemetry.propagate.flatMap((name, index) => {
    if (providers.includes(name)) return []
    const [nearest] = nearestNames(name, providers, 1)
    const hint = nearest === undefined ? undefined : `Did you mean ${nearest}?`
    const path = ['telemetry', 'propagate', index]
    return [{ path, message: `there is no provider ${name}`, ...defined({ hint }) }]
  })
}

function readOverrides(config: Config): ReadonlyMap<string, ModelOverride> {
  const overrides = new Map<string, ModelOverride>()
  for (const [name, entry] of Object.entries(config.models)) {
    if (typeof entry !== 'string' && !Array.isArray(entry) && name.includes('/')) overrides.set(name, entry)
  }
  return overrides
}

function overrideProblems(
  overrides: ReadonlyMap<string, ModelOverride>,
  makeTarget: TargetMaker,
): ProblemDraft[] {
  return [...overrides.keys()].flatMap((name) => {
    const made = makeTarget(name)
    if (isTarget(made) || (made.missing !== 'provider' && made.missing !== 'model')) return []
    return [{ path: ['models', name], message: made.message, hint: made.hint }]
  })
}

/** Whoever may use a model that there is not may use nothing. */
function permissionProblems({ keys, projects }: Config, makeTarget: TargetMaker): ProblemDraft[] {
  const allowed: readonly (readonly [path: readonly PathStep[], models: readonly string[]])[] = [
    ...keys.map(({ models = [] }, index) => [['keys', index, 'models'], models] as const),
    ...Object.entries(projects).map(
      ([name, { models = [] }]) => [['projects', name, 'models'], models] as const,
    ),
  ]
  return allowed.flatMap(([path, models]) =>
    models.flatMap((model, index) => {
      const made = makeTarget(model)
      if (isTarget(made) || made.missing !== 'model') return []
      return [{ path: [...path, index], message: made.message, hint: made.hint }]
    }),
  )
}

function toPlan(version: string, config: Config, built: Built & { behind: readonly string[] }): Plan {
  const { named, context, setups, overridden, behind } = built
  const routes = new Map(named.routes)
  const inRoutes = [...routes.values()].flatMap(entriesOf)
  const ids = [
    ...inRoutes.map(({ target }) => `${target.provider}/${target.model}`),
    ...overridden,
    ...setups.flatMap((setup) => setup.models.map((model) => `${setup.name}/${model}`)),
  ]
  for (const id of ids) {
    if (routes.has(id) || named.wildcards.some((name) => id.startsWith(name.slice(0, -1)))) continue
    const { route } = plainRoute(id, [id], { ...context, aliases: new Map() })
    if (route !== undefined) routes.set(id, route)
  }
  const ofMatches = named.names.flatMap((name) => {
    const taken = routes.has(name) ? undefined : takeName(named.matches, name)
    return taken === undefined ? [] : [[name, taken.route] as const]
  })
  return {
    version,
    routes,
    resolveRoute: createRouteResolver({ routes, wildcards: named.wildcards, config, context }),
    ...defined({ matches: named.matches }),
    models: [
      ...[...routes, ...ofMatches].map(([name, route]) =>
        listedAs(name, takeName(named.matches, name)?.route ?? route),
      ),
      ...behind.filter((id) => !routes.has(id)).map(listName),
    ],
    projects: compileProjects(config),
    declaredKeys: built.keys,
    completeKey: createKeyCompleter(config),
    constraintsOf: built.constraintsOf,
    onlyProblems: (only, by) => built.checkOnly(only, by, ['only']),
    unpriced: config.pricing.unpriced,
    circuit: circuitOf(config.health),
    content: built.content,
    ...defined({ guardrails: built.guardrails }),
    drills: built.drills,
    alerts: built.alerts,
    proofs: built.proofs,
  }
}

function listedAs(name: string, route: Route): ListedModel {
  const listed = listedModel(route)
  return listed.id === name ? listed : { ...listed, id: name }
}

function listName(id: string): ListedModel {
  return { id, ownedBy: 'gatehouse' }
}
