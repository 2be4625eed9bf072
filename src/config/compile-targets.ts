import type { Dialect } from '../dialects/dialect.ts'
import type { Cap } from '../exchange/cap.ts'
import type { CircuitRules } from '../exchange/circuit-rules.ts'
import type { Capabilities, Price, Target } from '../exchange/target.ts'
import { nearestNames } from '../kit/nearest.ts'
import { AddressError } from '../providers/place-offers.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { timesPrice } from '../pricing/cost.ts'
import { rowPriceOf } from '../providers/price-rows.ts'
import { regionalTimes } from '../providers/regional-prices.ts'
import { resolveTarget } from '../providers/resolve-target.ts'
import { serviceTiersOf } from '../providers/service-tiers.ts'
import type { ProblemDraft } from './problems.ts'
import { capOf, circuitOf } from './compile-guards.ts'
import type { ProviderSetup, ProviderSetups } from './compile-providers.ts'
import { nearEnd } from './retiring.ts'
import type { HealthConfig } from './schema/health.ts'
import type { ModelOverride } from './schema/models.ts'
import { toSnakeCase } from './schema/quirks.ts'
import { toCapabilities, toPrice } from './to-model-facts.ts'
import { defined } from '../kit/defined.ts'

/** Gives the list price of a model, or undefined: unpriced. */
export type PriceLookup = (provider: ProviderDefinition, model: string) => Price | undefined

/** What is listed of a provider's model by others; nothing where it is not known. */
export type FactLookup = (provider: ProviderDefinition, model: string) => Capabilities

export interface TargetSources {
  readonly providers: ProviderSetups
  /** What the file says about `provider/model`. */
  readonly overrides: ReadonlyMap<string, ModelOverride>
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly priceOf: PriceLookup
  readonly listedFacts: FactLookup
  /** When targets are left alone whose provider says nothing of it. */
  readonly health: HealthConfig
  readonly nowMs: number
}

/** Why a name is no target. `broken`: its provider is wrong, which is reported where the provider stands. */
export interface NoTarget {
  readonly missing: 'form' | 'provider' | 'disabled' | 'broken' | 'model'
  readonly message: string
  readonly hint: string
}

/** Makes targets of `provider/model` names. Each call makes a new one; whoever keeps them bounds how many. */
export type TargetMaker = (name: string) => Target | NoTarget

/**
 * Creates the maker of one plan. Every provider is tried with a model of any name first, so that what is wrong with its
 * address or dialects shows at once.
 */
export function createTargetMaker(sources: TargetSources): {
  readonly makeTarget: TargetMaker
  readonly drafts: readonly ProblemDraft[]
} {
  const { setups, disabled } = sources.providers
  const broken = new Set(sources.providers.broken)
  const drafts: ProblemDraft[] = []
  for (const setup of setups.values()) {
    const problem = tryProvider(setup, sources)
    if (problem === undefined) continue
    broken.add(setup.name)
    drafts.push(problem)
  }
  const makeTarget: TargetMaker = (name) => {
    const slash = name.indexOf('/')
    if (slash <= 0 || slash === name.length - 1) return noTarget('form', 'expected provider/model')
    const providerName = name.slice(0, slash)
    const model = name.slice(slash + 1)
    if (broken.has(providerName)) return noTarget('broken', `the provider ${providerName} has mistakes`)
    const setup = setups.get(providerName)
    if (setup !== undefined) return unknownModel(setup, model) ?? toTarget(setup, model, sources)
    if (disabled.has(providerName))
      return noTarget('disabled', `the provider ${providerName} is switched off`)
    return unknownProvider(providerName, model, [...setups.keys()])
  }
  return { makeTarget, drafts }
}

function noTarget(missing: NoTarget['missing'], message: string, hint = ''): NoTarget {
  return { missing, message, hint }
}

function unknownProvider(name: string, model: string, known: readonly string[]): NoTarget {
  const [nearest] = nearestNames(name, known, 1)
  const hint =
    nearest === undefined
      ? `Declared providers: ${known.join(', ') || 'none'}.`
      : `Did you mean "${nearest}/${model}"?`
  return noTarget('provider', `there is no provider ${name}`, hint)
}

/** Of a provider whose models are all known; a `*` stands for a name that nobody knows yet. */
function unknownModel({ name, catalogue }: ProviderSetup, model: string): NoTarget | undefined {
  if (catalogue === undefined || model.includes('*')) return undefined
  const plain = catalogue.plainName(model)
  if (catalogue.models.includes(plain)) return undefined
  const [nearest] = nearestNames(plain, catalogue.models, 1)
  const hint =
    nearest === undefined
      ? `It has ${catalogue.models.join(', ')}.`
      : `Did you mean "${name}/${nearest}${model.slice(plain.length)}"?`
  return noTarget('model', `the provider ${name} has no model ${plain}`, hint)
}

/** True for a target, false for the reason why there is none. */
export function isTarget(made: Target | NoTarget): made is Target {
  return !('missing' in made)
}

function toTarget(setup: ProviderSetup, model: string, sources: TargetSources): Target {
  const id = `${setup.name}/${model}`
  const override = sources.overrides.get(id)
  const own = override?.price === undefined ? undefined : toPrice(override.price, `config:${id}`)
  const price = own ?? listPrice(setup, model, sources)
  const target = resolveTarget({
    definition: setup.definition,
    providerName: setup.name,
    model,
    credentials: setup.credentials,
    settings: setup.settings,
    dialects: sources.dialects,
    listed: sources.listedFacts(setup.definition, model),
    ...defined({
      baseUrl: setup.baseUrl,
      region: setup.region,
      timeouts: setup.timeouts,
      quirks: setup.quirks,
      incidentDomain: setup.incidentDomain,
      cancelled: setup.cancelled,
    }),
    ...(override === undefined ? {} : { capabilities: toCapabilities(override) }),
    ...defined({ price }),
  })
  const { retentionMs, dataPolicy, tags } = setup
  const retiring = nearEnd(target.capabilities, sources.nowMs)
  return {
    ...target,
    ...defined({ retentionMs, dataPolicy, tags, retiring, ...guardsOf(setup, id, sources) }),
  }
}

/** When it is left alone, and how much it is asked at a time, where the file says so. */
function guardsOf(
  { name, breaker, concurrent }: ProviderSetup,
  id: string,
  { health, overrides }: TargetSources,
): { readonly circuit: CircuitRules | undefined; readonly caps: readonly Cap[] | undefined } {
  const own = overrides.get(id)?.concurrent
  const caps = [
    ...(own === undefined ? [] : [capOf(id, own)]),
    ...(concurrent === undefined ? [] : [capOf(name, concurrent)]),
  ]
  return {
    circuit: breaker === undefined ? undefined : circuitOf(health, breaker),
    caps: caps.length === 0 ? undefined : caps,
  }
}

/** What the catalogues say, or else the provider's row, with what that says of its regions and its tiers of service. */
function listPrice(
  { definition, baseUrl }: ProviderSetup,
  model: string,
  { priceOf }: TargetSources,
): Price | undefined {
  const usual = priceOf(definition, model) ?? rowPriceOf(definition.name, definition.prices, model)
  if (usual === undefined) return undefined
  const times = regionalTimes(definition.regionalPrices, model, baseUrl)
  const price = times === undefined ? usual : timesPrice(usual, times)
  return { ...price, ...defined({ serviceTiers: serviceTiersOf(definition.serviceTiers, model) }) }
}

function tryProvider(setup: ProviderSetup, sources: TargetSources): ProblemDraft | undefined {
  const { dialects } = sources
  const inWords = dialectProblem(setup, dialects) ?? quirkProblem(setup, dialects)
  if (inWords !== undefined) return inWords
  try {
    toTarget(setup, 'any', sources)
    return undefined
  } catch (thrown) {
    return addressProblem(setup, thrown)
  }
}

/** Only a server of one's own can name a dialect that nobody speaks: in the list that its offers are made of. */
function dialectProblem(
  { name, definition: { offers } }: ProviderSetup,
  dialects: TargetSources['dialects'],
): ProblemDraft | undefined {
  const index = offers.findIndex(({ dialect }) => !dialects.has(dialect))
  const unknown = offers[index]?.dialect
  if (unknown === undefined) return undefined
  const known = [...dialects.keys()]
  const [nearest] = nearestNames(unknown, known, 1)
  return {
    path: ['providers', name, 'dialects', index],
    message: `there is no dialect ${unknown}`,
    hint: nearest === undefined ? `Known dialects: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
  }
}

/** A quirk means something to the dialects that declare it, and would be unheard by all others. */
function quirkProblem(
  { name, quirks = {}, definition: { offers } }: ProviderSetup,
  dialects: TargetSources['dialects'],
): ProblemDraft | undefined {
  const spoken = offers.map(({ dialect }) => dialect)
  const isObeyedBy = (dialect: string, quirk: string): boolean =>
    Object.hasOwn(dialects.get(dialect)?.quirks ?? {}, quirk)
  const unheard = Object.keys(quirks).find((quirk) => !spoken.some((dialect) => isObeyedBy(dialect, quirk)))
  if (unheard === undefined) return undefined
  const heard = [...dialects.keys()].filter((dialect) => isObeyedBy(dialect, unheard))
  return {
    path: ['providers', name, 'quirks', toSnakeCase(unheard)],
    message: `means nothing in ${spoken.join(', ')}`,
    hint: `It is a peculiarity of ${heard.join(', ')}. Remove it, or add the dialect.`,
  }
}

function addressProblem({ name }: ProviderSetup, thrown: unknown): ProblemDraft {
  if (!(thrown instanceof AddressError)) throw thrown
  const path = ['providers', name]
  const { setting, message } = thrown
  if (setting === undefined) return { path: [...path, 'base_url'], message }
  return { path, message, hint: `Write settings: { ${setting}: … }.` }
}
