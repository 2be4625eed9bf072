import { readBoolean, readNumber, type Json, type JsonObject } from '../kit/json.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'

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

const NO_FLAGS = {
  tools: false,
  vision: false,
  documents: false,
  audio: false,
  speech: false,
  jsonSchema: false,
  cacheWrites: false,
  reasoning: false,
  hostedTools: false,
}

const NO_COUNTS = {
  inputTokens: 0,
  furtherInputTokens: 0,
  choices: 1,
  reasoningTokens: 0,
  images: 0,
  unsized: 0,
}

type OptionalCount = Exclude<keyof RequestFeatures, keyof typeof NO_FLAGS | keyof typeof NO_COUNTS>
const OPTIONAL_COUNTS: { readonly [Name in OptionalCount]-?: true } = {
  atOnceTokens: true,
  maxOutputTokens: true,
  searches: true,
}

/** A request for nothing in particular. */
export const NO_FEATURES: RequestFeatures = { ...NO_FLAGS, ...NO_COUNTS }

/** What a request needs beyond one for nothing in particular; undefined where it needs nothing. */
export function featuresBeyond(features: RequestFeatures): JsonObject | undefined {
  let beyond: { [name: string]: Json } | undefined
  let name: keyof RequestFeatures
  for (name in features) {
    const value = features[name]
    if (value === undefined || value === NO_FEATURES[name]) continue
    beyond ??= {}
    beyond[name] = value
  }
  return beyond
}

/** The features of a request that needs so much beyond one for nothing in particular; what is no feature is passed by. */
export function featuresFrom(beyond: JsonObject): RequestFeatures {
  const features: Mutable<RequestFeatures> = { ...NO_FEATURES }
  let flag: keyof typeof NO_FLAGS
  for (flag in NO_FLAGS) features[flag] = readBoolean(beyond, flag) ?? features[flag]
  let count: keyof typeof NO_COUNTS
  for (count in NO_COUNTS) features[count] = readNumber(beyond, count) ?? features[count]
  let optional: OptionalCount
  for (optional in OPTIONAL_COUNTS) setDefined(features, optional, readNumber(beyond, optional))
  return features
}
