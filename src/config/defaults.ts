import type { ProviderSetup } from './compile-providers.ts'

/**
 * The models behind `auto` when nobody declared it: each provider's own default in the order of the providers, or the
 * first model that a local engine has. The simulator comes last wherever it stands: invented answers are better than
 * none in a first run and worse than any other.
 */
export function defaultTargets(setups: readonly ProviderSetup[]): string[] {
  const isInvented = (setup: ProviderSetup): boolean => setup.definition.simulated === true
  const real = setups.filter((setup) => !isInvented(setup))
  return [...real, ...setups.filter(isInvented)].flatMap((setup) => {
    const model = setup.definition.defaultModel ?? setup.models[0]
    return model === undefined ? [] : [`${setup.name}/${model}`]
  })
}
