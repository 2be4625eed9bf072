import { anthropic } from './anthropic.ts'
import { CLOUDS } from './clouds.ts'
import { EMBEDDERS } from './embedders.ts'
import { ENGINES } from './engines.ts'
import { LABS } from './labs.ts'
import { openai } from './openai.ts'
import type { ProviderDefinition } from './provider.ts'
import { ROUTERS } from './routers.ts'
import { simulated } from './simulated.ts'

/** Every provider that the house knows: those with a file of their own, then the tables. */
export const PROVIDERS: readonly ProviderDefinition[] = [
  anthropic,
  openai,
  simulated,
  ...LABS,
  ...CLOUDS,
  ...ROUTERS,
  ...ENGINES,
  ...EMBEDDERS,
]
