import { PROVIDERS } from './all.ts'
import type { ProviderDefinition } from './provider.ts'

/** The provider of that name. Throws where there is none. */
export function knownProvider(name: string): ProviderDefinition {
  const definition = PROVIDERS.find((provider) => provider.name === name)
  if (definition === undefined) throw new Error(`no provider ${name}`)
  return definition
}
