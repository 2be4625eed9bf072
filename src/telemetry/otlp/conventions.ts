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

/** What the versions call the metrics of clients of models. */
interface MetricNames {
  readonly duration: string
  readonly firstChunk: string
  /** The distribution of tokens, by their type; absent where there are sums. */
  readonly tokens?: string
  readonly sums?: Readonly<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning', string>>
}

/** The one table of names of metrics, as that of attributes. */
export const METRIC_NAMES: Readonly<Record<ConventionsVersion, MetricNames>> = {
  '1.41': {
    duration: 'gen_ai.client.operation.duration',
    firstChunk: 'gen_ai.client.operation.time_to_first_chunk',
    tokens: 'gen_ai.client.token.usage',
  },
  latest: {
    duration: 'gen_ai.client.inference.duration',
    firstChunk: 'gen_ai.client.inference.time_to_first_chunk',
    sums: {
      input: 'gen_ai.client.inference.usage.input_tokens',
      output: 'gen_ai.client.inference.usage.output_tokens',
      cacheRead: 'gen_ai.client.inference.usage.cache_read.input_tokens',
      cacheWrite: 'gen_ai.client.inference.usage.cache_write.input_tokens',
      reasoning: 'gen_ai.client.inference.usage.reasoning.output_tokens',
    },
  },
}

/** Units that conventions have one name for. */
export const CACHE_WRITES: readonly TokenUnit[] = ['cacheWriteTokens', 'cacheWriteLongTokens']

const OPERATIONS: Readonly<Record<string, string>> = { chat: 'chat', embed: 'embeddings' }

/** What the conventions call an operation of the house; its own name where they have none. */
export function operationName(operation: string): string {
  return OPERATIONS[operation] ?? operation
}
