import type { Capabilities, Quirks } from '../exchange/target.ts'

/**
 * What is publicly known of a model, or of a generation of models: facts that come with the product as prices do. The config file
 * has the last word on each of them.; lists that are kept by others say what is left out here.
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
} as const satisfies Capabilities

/**
 * Models whose name says what they are for, whoever serves them: the families of BGE, GTE and E5 make vectors, and do not say so. What
 * ranks with them says that it does.
 */
export const NAMED_FOR_OPERATIONS: readonly ModelFacts[] = [
  { match: /rerank|cross-encoder|ms-marco/i, capabilities: { operations: ['rerank'] } },
  { match: /moderat(?:e|ion)/i, capabilities: { operations: ['moderate'] } },
  {
    match: /(?:embed|(?:^|[/_-])(?:bge|gte|e5|minilm)(?:$|[_.:-]))/i,
    capabilities: { operations: ['embed'] },
  },
]
