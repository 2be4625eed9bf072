import type { Dialect } from '../dialects/dialect.ts'
import type { Price, Target } from '../exchange/target.ts'
import { nearestNames } from '../kit/nearest.ts'
import { resolveTarget } from '../providers/resolve-target.ts'
import type { ProviderSetup, ProviderSetups } from './compile-providers.ts'
import type { ModelOverride } from './schema/models.ts'
import { toCapabilities, toPrice } from './to-model-facts.ts'

/** Gives the catalogue's price of a model, or undefined: unpriced. */
export type PriceLookup = (provider: string, model: string) => Price | undefined

export interface TargetSources {
  readonly providers: ProviderSetups
  /** What the file says about `provider/model`. */
  readonly overrides: ReadonlyMap<string, ModelOverride>
  readonly dialects: readonly Dialect[]
  readonly priceOf: PriceLookup
}

/** Why a name is no target. */
export interface NoTarget {
  readonly missing: 'form' | 'provider' | 'disabled'
  readonly message: string
  readonly hint: string
}

/** Makes targets of `provider/model` names. Each call makes a new one; whoever keeps them bounds how many. */
export type TargetMaker = (name: string) => Target | NoTarget

/** Creates the maker of one plan. */
export function createTargetMaker(sources: TargetSources): TargetMaker {
  const { setups, disabled } = sources.providers
  return (name) => {
    const slash = name.indexOf('/')
    if (slash <= 0 || slash === name.length - 1) {
      return { missing: 'form', message: `${name} is neither an alias nor provider/model`, hint: '' }
    }
    const providerName = name.slice(0, slash)
    const setup = setups.get(providerName)
    if (setup !== undefined) return makeTarget(setup, name.slice(slash + 1), sources)
    if (disabled.has(providerName)) {
      return { missing: 'disabled', message: `the provider ${providerName} is switched off`, hint: '' }
    }
    const known = [...setups.keys()]
    const [nearest] = nearestNames(providerName, known, 1)
    const hint =
      nearest === undefined
        ? `Declared providers: ${known.join(', ') || 'none'}.`
        : `Did you mean "${nearest}/${name.slice(slash + 1)}"?`
    return { missing: 'provider', message: `there is no provider ${providerName}`, hint }
  }
}

/** True for a target, false for the reason why there is none. */
export function isTarget(made: Target | NoTarget): made is Target {
  return !('missing' in made)
}

function makeTarget(setup: ProviderSetup, model: string, sources: TargetSources): Target {
  const id = `${setup.name}/${model}`
  const override = sources.overrides.get(id)
  const own = override?.price === undefined ? undefined : toPrice(override.price, `config:${id}`)
  const price = own ?? sources.priceOf(setup.definition.priceId ?? setup.definition.name, model)
  return resolveTarget({
    definition: setup.definition,
    providerName: setup.name,
    model,
    credentials: setup.credentials,
    dialects: sources.dialects,
    ...(setup.baseUrl === undefined ? {} : { baseUrl: setup.baseUrl }),
    ...(setup.region === undefined ? {} : { region: setup.region }),
    ...(setup.timeouts === undefined ? {} : { timeouts: setup.timeouts }),
    ...(setup.quirks === undefined ? {} : { quirks: setup.quirks }),
    ...(override === undefined ? {} : { capabilities: toCapabilities(override) }),
    ...(price === undefined ? {} : { price }),
  })
}
