import type { Quirks } from '../exchange/target.ts'
import type { DialectOffer } from './provider.ts'

/** Bearer credentials, for vendors whose second dialect does not take the header of that dialect's inventor. */
export const BEARER = { header: 'authorization', prefix: 'Bearer ' } as const

/**
 * What hosts of open models have in common: they know the older name of the output limit and the `system` role, which
 * every server takes, while the newer `max_completion_tokens` and `developer` are known to some of them only.
 * Tools with free text for input are OpenAI's alone. Some models think in the text, where the server does not take that apart.
 */
export const OPEN_MODELS: Quirks = {
  maxTokensParam: 'max_tokens',
  developerRole: 'system',
  textTools: false,
  thinkTags: true,
}

/** The same for engines whose models think aloud in `reasoning_content`. */
export const THINKING_ALOUD: Quirks = { ...OPEN_MODELS, reasoningField: 'reasoning_content' }

/**
 * Servers that are known to stream every call of an answer under index 0, or under none: Ollama (ollama/ollama#15457), LM Studio
 * (lmstudio-bug-tracker#759), SGLang (sgl-project/sglang#5661, #6310), vLLM with some of its parsers, LiteLLM
 * (BerriAI/litellm#21331, #33678), and whatever stands behind an address of which no more is known.
 */
export const SHARED_CALL_INDEX: Quirks = { sharedCallIndex: true }

/** Vendors that offer a second dialect for agents and are not known to count tokens in it: counting is done here. */
export const WITHOUT_COUNTING: Quirks = { lacks: ['count-tokens'] }

/**
 * Servers that took over Responses: they run few of its tools or none, know no tools with free text for input, and count no tokens.
 * What they keep is not asked for: the whole conversation travels with every request.
 */
export function plainResponses(baseUrl: string, quirks: Quirks = {}): DialectOffer {
  return {
    dialect: 'openai-responses',
    baseUrl,
    quirks: { ...WITHOUT_COUNTING, hostedTools: [], textTools: false, ...quirks },
  }
}

/** Companies that are known to serve no embeddings. */
export const WITHOUT_EMBEDDINGS: Quirks = { lacks: ['embed'] }

/** Open models in conversations alone. */
export const OPEN_CHAT: Quirks = { ...OPEN_MODELS, ...WITHOUT_EMBEDDINGS }

/** Texts only, and vectors as numbers: what servers do that have taken over the path and no more of it. */
export const PLAIN_VECTORS: Quirks = { base64Vectors: false, tokenInputs: false }

/** Open models of both kinds. */
export const OPEN_VECTORS: Quirks = { ...OPEN_MODELS, ...PLAIN_VECTORS }

/** The same where models think aloud in `reasoning_content`. */
export const THINKING_VECTORS: Quirks = { ...THINKING_ALOUD, ...PLAIN_VECTORS }

/** Models for retrieval that take texts only, and tell questions from what answers them. */
export const PASSAGES: Quirks = {
  tokenInputs: false,
  vectors: { task: { field: 'input_type', words: { query: 'query', document: 'passage' } } },
}
