/** What a request needs from whoever answers it. */
export interface RequestFeatures {
  readonly tools: boolean
  readonly vision: boolean
  readonly documents: boolean
  readonly audio: boolean
  /** True where the answer is to be spoken. */
  readonly speech: boolean
  readonly jsonSchema: boolean
  /** True when the client marked parts for the provider's prompt cache, whose writes cost more than plain input. */
  readonly cacheWrites: boolean
  /** An estimate, within about ±15 %. */
  readonly inputTokens: number
  /** What has to fit into the context at once, where that is not all of the input. */
  readonly atOnceTokens?: number
  /** By how much the input may exceed the estimate: media, what lies elsewhere, and members that nobody here understands. */
  readonly furtherInputTokens: number
  /** What the client asked for; absent: it did not say. */
  readonly maxOutputTokens?: number
  /** Answers that are written, of which perhaps fewer are given. */
  readonly choices: number
  /** True where the model is asked to think before it answers. */
  readonly reasoning: boolean
  /** Tokens for thinking that the client asked for; they may be charged beside the limit of the answer. */
  readonly reasoningTokens: number
  /** True where the provider is asked to run tools of its own, whose findings the model reads. */
  readonly hostedTools: boolean
  /** Images, whose tokens their bytes do not show. */
  readonly images: number
  /** Searches that may be charged for: a ranking of so many documents is one or several. */
  readonly searches?: number
  /** Parts of which nothing shows how long they are: documents, recordings, what only one family understands. */
  readonly unsized: number
}

/** A request for nothing in particular. */
export const NO_FEATURES: RequestFeatures = {
  tools: false,
  vision: false,
  documents: false,
  audio: false,
  speech: false,
  jsonSchema: false,
  cacheWrites: false,
  inputTokens: 0,
  furtherInputTokens: 0,
  choices: 1,
  reasoning: false,
  reasoningTokens: 0,
  hostedTools: false,
  images: 0,
  unsized: 0,
}
