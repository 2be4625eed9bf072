import { anthropic } from './anthropic.ts'
import { ENGINES } from './engines.ts'
import { HOSTED } from './hosted.ts'
import { openai } from './openai.ts'
import type { ProviderDefinition } from './provider.ts'
import { simulated } from './simulated.ts'

/** Every provider that the house knows: those with a file of their own, then engines and vendors in alphabetical order. */
export const PROVIDERS: readonly ProviderDefinition[] = [anthropic, openai, simulated, ...ENGINES, ...HOSTED]

/** The provider of that name, or undefined. */
export function findProvider(name: string): ProviderDefinition | undefined {
  return PROVIDERS.find((provider) => provider.name === name)
}
