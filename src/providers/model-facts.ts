import type { Capabilities, Quirks } from '../exchange/target.ts'

/**
 * What is publicly known of a model, or of a generation of models: facts that come with the product as prices do. The config file
 * has the last word on each of them; lists that are kept by others say what is left out here.
 */
export interface ModelFacts {
  /** Matches the provider's name of the model. */
  readonly match: RegExp
  readonly capabilities: Capabilities
  /** How its wire differs from that of the provider's other models. */
  readonly quirks?: Quirks
}

/** The facts about a model: the first entry that matches; undefined where nothing is known. */
export function factsAbout(model: string, facts: readonly ModelFacts[] = []): ModelFacts | undefined {
  return facts.find(({ match }) => match.test(model))
}

/** For models that read text and nothing else. */
export const TEXT_ONLY = {
  vision: false,
  documents: false,
  audioInput: false,
  audioOutput: false,
} as const satisfies Capabilities

/** For models that neither hear nor speak. */
export const SILENT = { audioInput: false, audioOutput: false } as const satisfies Capabilities

/**
 * Models whose name says what they are for, whoever serves them: the families of BGE, GTE and E5 make vectors, and do not say so. What
 * ranks with them says that it does.
 */
const NAMED_FOR_OPERATIONS: readonly ModelFacts[] = [
  { match: /rerank|cross-encoder|ms-marco/i, capabilities: { operations: ['rerank'] } },
  { match: /moderat(?:e|ion)/i, capabilities: { operations: ['moderate'] } },
  {
    match: /(?:embed|(?:^|[/_-])(?:bge|gte|e5|minilm)(?:$|[_.:-]))/i,
    capabilities: { operations: ['embed'] },
  },
]

/**
 * Open models whose weights read text and nothing else, whoever serves them under whatever spelling (their model cards at
 * https://huggingface.co): gpt-oss; Llama 3, 3.1 and 3.3; DeepSeek R1 and V3; the first Qwen 3 and Kimi K2; GLM 4.5 to 4.7; Mistral 7B,
 * Mixtral and Nemo. Relatives that see say so in their names.
 */
const READS_TEXT =
  /(?:gpt-oss-|llama-?v?3(?:[.p][13])?(?![.p\d])|deepseek-(?:r1|v3)|qwen-?3[-:](?:\d|coder|next)|kimi-k2(?:-(?:instruct|thinking|turbo|0711|0905)|$)|glm-4[.p][567](?!v)|mi[sx]tral-(?:7b|8x|nemo))/i
const SEES = /vision|vl(?:[^a-z]|$)|omni|multimodal/i

/** What the name of a model tells, whoever serves it: what it is for, and that it reads text alone. */
export function factsNamed(model: string): Capabilities {
  const textOnly = READS_TEXT.test(model) && !SEES.test(model)
  return { ...(textOnly ? TEXT_ONLY : {}), ...factsAbout(model, NAMED_FOR_OPERATIONS)?.capabilities }
}
