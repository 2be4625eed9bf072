import type { Draft } from '../kit/draft.ts'
import type { ChatRequest } from './chat.ts'
import type { Block } from './content.ts'
import { estimateInputTokens, estimateTextTokens, mediaTokensBeyondEstimate } from './estimate.ts'
import { chatOf, type ModelRequest } from './operation.ts'

/** What a request needs from whoever answers it. */
export interface RequestFeatures {
  readonly tools: boolean
  readonly vision: boolean
  readonly documents: boolean
  readonly audio: boolean
  readonly jsonSchema: boolean
  /** True when the client marked parts for the provider's prompt cache, whose writes cost more than plain input. */
  readonly cacheWrites: boolean
  /** An estimate, within about ±15 %. */
  readonly inputTokens: number
  /** By how much the input may exceed the estimate: media, what lies elsewhere, and members that nobody here understands. */
  readonly furtherInputTokens: number
  /** What the client asked for; absent: it did not say. */
  readonly maxOutputTokens?: number
  /** Answers that are written, of which perhaps fewer are given. */
  readonly choices: number
}

/** Works out what a request needs. Pure; O(size of the request). */
export function featuresOf(request: ModelRequest): RequestFeatures {
  const chat = chatOf(request)
  const features: Draft<RequestFeatures> = {
    tools: chat.tools !== undefined && chat.tools.length > 0,
    vision: false,
    documents: false,
    audio: false,
    jsonSchema: chat.output?.type === 'json-schema',
    cacheWrites: chat.cache !== undefined || marksTools(chat),
    inputTokens: estimateInputTokens(chat),
    furtherInputTokens: tokensBesideConversation(chat),
    choices: Math.max(chat.choices ?? 1, chat.bearing?.choices ?? 1),
  }
  if (chat.maxOutputTokens !== undefined) features.maxOutputTokens = chat.maxOutputTokens
  for (const turn of chat.turns) lookAtBlocks(turn.blocks, features)
  return features
}

function lookAtBlocks(blocks: readonly Block[], seen: Draft<RequestFeatures>): void {
  for (const block of blocks) {
    if (block.cache !== undefined) seen.cacheWrites = true
    if (block.type === 'media') {
      seen.furtherInputTokens += mediaTokensBeyondEstimate(block)
      if (block.kind === 'image') seen.vision = true
      else if (block.kind === 'document') seen.documents = true
      else if (block.kind === 'audio') seen.audio = true
    } else if (block.type === 'tool-result' || block.type === 'search-result') {
      lookAtBlocks(block.blocks, seen)
    }
  }
}

/** Some servers put members that others do not know into the prompt. */
function tokensBesideConversation({ bearing, extra }: ChatRequest): number {
  let tokens = bearing?.inputTokens ?? 0
  for (const family in extra) tokens += estimateTextTokens(JSON.stringify(extra[family]))
  return tokens
}

function marksTools(chat: ChatRequest): boolean {
  if (chat.tools === undefined) return false
  for (const tool of chat.tools) {
    if (tool.type !== 'hosted' && tool.cache !== undefined) return true
  }
  return false
}
