import { LIMITS } from '../kit/limits.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import type { ProviderSetup } from './compile-providers.ts'
import type { Config } from './schema.ts'

/** The models of a provider that the catalogue of prices knows. */
export type KnownModels = (provider: ProviderDefinition) => readonly string[]

export interface KnownNameSources {
  readonly config: Config
  readonly setups: readonly ProviderSetup[]
  readonly knownModels: KnownModels
}

/**
 * The names behind wildcards: a route `claude-*` answers to any name that begins so, and clients that choose from the list of
 * models want to see some. Those are listed that the catalogue knows of the providers behind the route.
 *
 * @param wildcards names of routes that end in `*`
 */
export function knownNames(wildcards: readonly string[], sources: KnownNameSources): readonly string[] {
  const names = wildcards.flatMap((wildcard) => {
    const { targets = [], steps = [] } = sources.config.routes[wildcard] ?? {}
    return [...targets, ...steps.flatMap((step) => step.targets ?? [])].flatMap(({ model }) =>
      namesBehind(wildcard, model, sources),
    )
  })
  return [...new Set(names)].slice(0, LIMITS.knownNames)
}

function namesBehind(wildcard: string, model: string, { setups, knownModels }: KnownNameSources): string[] {
  const slash = model.indexOf('/')
  const setup = setups.find(({ name }) => name === model.slice(0, slash))
  if (setup === undefined) return []
  const known = knownModels(setup.definition)
  const prefix = wildcard.slice(0, -1)
  const [before = '', after] = model.slice(slash + 1).split('*', 2)
  // A target of one name answers to all that begin as the wildcard does.
  if (after === undefined) return known.filter((id) => id.startsWith(prefix) && id !== prefix)
  const isLike = (id: string): boolean =>
    id.length > before.length + after.length && id.startsWith(before) && id.endsWith(after)
  return known.filter(isLike).map((id) => prefix + id.slice(before.length, id.length - after.length))
}

/** Every model that the catalogue knows of the providers, as `provider/model`, in the order of the providers. */
export function listedNames({ setups, knownModels }: Omit<KnownNameSources, 'config'>): readonly string[] {
  const names = setups.flatMap(({ name, definition }) =>
    knownModels(definition).map((model) => `${name}/${model}`),
  )
  return [...new Set(names)].slice(0, LIMITS.listedNames)
}
