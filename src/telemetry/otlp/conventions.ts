import type { TokenUnit } from '../../exchange/units.ts'

/** Versions of the GenAI semantic conventions, which are still being changed. */
export const CONVENTIONS = ['1.41', 'latest'] as const

/** One of them. */
export type ConventionsVersion = (typeof CONVENTIONS)[number]

/** What the versions call what they name differently. */
export interface ConventionNames {
  readonly cacheRead: string
  readonly cacheWrite: string
  readonly reasoning: string | undefined
  readonly stream: string | undefined
  readonly firstChunk: string | undefined
}

/** The one table of names: 1.37 to 1.41 agree; `latest` is what semantic-conventions-genai says since it became a project of its own. */
export const CONVENTION_NAMES: Readonly<Record<ConventionsVersion, ConventionNames>> = {
  '1.41': {
    cacheRead: 'gen_ai.usage.cache_read.input_tokens',
    cacheWrite: 'gen_ai.usage.cache_creation.input_tokens',
    reasoning: undefined,
    stream: undefined,
    firstChunk: undefined,
  },
  latest: {
    cacheRead: 'gen_ai.usage.cache_read.input_tokens',
    cacheWrite: 'gen_ai.usage.cache_write.input_tokens',
    reasoning: 'gen_ai.usage.reasoning.output_tokens',
    stream: 'gen_ai.request.stream',
    firstChunk: 'gen_ai.response.time_to_first_chunk',
  },
}

/** Units that conventions have one name for. */
export const CACHE_WRITES: readonly TokenUnit[] = ['cacheWriteTokens', 'cacheWriteLongTokens']

const OPERATIONS: Readonly<Record<string, string>> = { chat: 'chat', embed: 'embeddings' }

/** What the conventions call an operation of the house; its own name where they have none. */
export function operationName(operation: string): string {
  return OPERATIONS[operation] ?? operation
}
