import type { ChatRequest, FunctionTool, HostedTool, TextTool, Tool, Turn } from '../exchange/chat.ts'
import type { Block, MediaSource } from '../exchange/content.ts'
import type { Operation, RequestOf } from '../exchange/operations/all.ts'
import type { MixedInput } from '../exchange/operations/inputs.ts'
import type { RequestOptions } from '../exchange/request-options.ts'

/*
 * What of a request its answer depends on. Every field of every request has its fate here, and one that is new does not compile
 * without one: a cache that overlooks a field gives the answer to another question.
 */

/** Whether an answer depends on a field (`answer`), or it only says how that is delivered (`delivery`); or which of what it holds does. */
export type Fate = 'answer' | 'delivery' | (() => Shape)

/** The fields of an object, or of each in a list; by the value of `by` where there are several kinds. What is no object is said as it is. */
export type Shape =
  | { readonly fields: Readonly<Record<string, Fate>> }
  | { readonly by: string; readonly kinds: Readonly<Record<string, Readonly<Record<string, Fate>>>> }

type FieldsOf<T> = { readonly [Field in keyof Required<T>]: Fate }

const SPINE = {
  operation: 'answer',
  // Whom it leads to is part of the terms; another name for the same targets asks the same.
  model: 'delivery',
  stream: 'delivery',
  answerShape: 'delivery',
  bearing: 'answer',
  extra: 'answer',
} as const

const blocks = (): Shape => ({ by: 'type', kinds: BLOCKS })

const SOURCES: {
  readonly [From in MediaSource['from']]: FieldsOf<Extract<MediaSource, { readonly from: From }>>
} = {
  bytes: { from: 'answer', base64: 'answer', mediaType: 'answer' },
  url: { from: 'answer', url: 'answer' },
  text: { from: 'answer', text: 'answer' },
  blocks: { from: 'answer', blocks },
  file: { from: 'answer', family: 'answer', fileId: 'answer' },
}

const BLOCK = { type: 'answer', cache: 'delivery', extra: 'answer', at: 'delivery' } as const

const BLOCKS: {
  readonly [Type in Block['type']]: FieldsOf<Extract<Block, { readonly type: Type }>>
} = {
  text: { ...BLOCK, text: 'answer', citations: 'answer', signature: 'answer' },
  media: {
    ...BLOCK,
    kind: 'answer',
    source: () => ({ by: 'from', kinds: SOURCES }),
    name: 'answer',
    context: 'answer',
    detail: 'answer',
    cite: 'answer',
  },
  'search-result': { ...BLOCK, source: 'answer', title: 'answer', blocks, cite: 'answer' },
  reasoning: { ...BLOCK, text: 'answer', form: 'answer', signature: 'answer' },
  'tool-call': {
    ...BLOCK,
    id: 'answer',
    name: 'answer',
    arguments: 'answer',
    form: 'answer',
    signature: 'answer',
  },
  'tool-result': { ...BLOCK, callId: 'answer', isError: 'answer', blocks },
  refusal: { ...BLOCK, text: 'answer' },
  native: { ...BLOCK, family: 'answer', raw: 'answer', elsewhere: 'answer' },
}

const TURN: FieldsOf<Turn> = {
  role: 'answer',
  rank: 'answer',
  blocks,
  name: 'answer',
  extra: 'answer',
  at: 'delivery',
}

const FUNCTION_TOOL: FieldsOf<FunctionTool> = {
  type: 'answer',
  name: 'answer',
  description: 'answer',
  parameters: 'answer',
  strict: 'answer',
  cache: 'delivery',
  extra: 'answer',
  joined: 'answer',
}

const TEXT_TOOL: FieldsOf<TextTool> = {
  type: 'answer',
  name: 'answer',
  description: 'answer',
  format: 'answer',
  cache: 'delivery',
  extra: 'answer',
}

const HOSTED_TOOL: FieldsOf<HostedTool> = {
  type: 'answer',
  family: 'answer',
  name: 'answer',
  raw: 'answer',
  at: 'delivery',
  joined: 'answer',
  optional: 'answer',
}

const TOOLS: { readonly [Type in Tool['type']]: FieldsOf<Extract<Tool, { readonly type: Type }>> } = {
  function: FUNCTION_TOOL,
  text: TEXT_TOOL,
  hosted: HOSTED_TOOL,
}

const CHAT: FieldsOf<ChatRequest> = {
  ...SPINE,
  turns: () => ({ fields: TURN }),
  bound: 'answer',
  tools: () => ({ by: 'type', kinds: TOOLS }),
  toolChoice: 'answer',
  parallelToolCalls: 'answer',
  legacyCalls: 'answer',
  maxOutputTokens: 'answer',
  temperature: 'answer',
  topP: 'answer',
  topK: 'answer',
  presencePenalty: 'answer',
  frequencyPenalty: 'answer',
  stop: 'answer',
  seed: 'answer',
  choices: 'answer',
  logprobs: 'answer',
  logitBias: 'answer',
  reasoning: 'answer',
  output: 'answer',
  verbosity: 'answer',
  cacheKey: 'delivery',
  cache: 'delivery',
  // Says how fast it is answered and at what price.
  serviceTier: 'delivery',
  user: 'delivery',
  metadata: 'delivery',
  wantsUsage: 'delivery',
}

const MIXED_INPUT: FieldsOf<MixedInput> = { parts: blocks }
const inputs = (): Shape => ({ fields: MIXED_INPUT })

/** By operation; undefined for what no model is asked. */
export const REQUEST_FATES: { readonly [O in Operation]: FieldsOf<RequestOf<O>> | undefined } = {
  chat: CHAT,
  'count-tokens': { ...SPINE, chat: () => ({ fields: CHAT }) },
  embed: {
    ...SPINE,
    inputs,
    titles: 'answer',
    dimensions: 'answer',
    encodings: 'answer',
    task: 'answer',
    user: 'delivery',
  },
  moderate: { ...SPINE, inputs },
  recall: undefined,
  rerank: {
    ...SPINE,
    query: 'answer',
    documents: 'answer',
    topN: 'answer',
    returnDocuments: 'answer',
    rankFields: 'answer',
    maxTokensPerDocument: 'answer',
  },
}

/** What of the wishes for the gateway decides who answers, or what may be lost on the way. */
export const OPTION_FATES: FieldsOf<RequestOptions> = {
  strict: 'answer',
  timeoutMs: 'delivery',
  noFallback: 'answer',
  tags: 'delivery',
  session: 'delivery',
  customer: 'delivery',
  arm: 'answer',
  maxCostNanoUsd: 'answer',
  maxCostTrims: 'answer',
  maxTtftMs: 'answer',
  minQuality: 'answer',
  region: 'answer',
  prefer: 'answer',
  log: 'delivery',
  cache: 'delivery',
}
