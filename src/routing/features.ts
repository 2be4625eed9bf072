import type { ChatRequest } from '../exchange/chat.ts'
import type { Block } from '../exchange/content.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import { chatOf, type ModelRequest } from '../exchange/operation.ts'

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
  /** What the client asked for; absent: it did not say. */
  readonly maxOutputTokens?: number
  /** Answers wanted. */
  readonly choices: number
}

/** Gives the features of a request; asking twice about the same request costs nothing. */
export type FeatureReader = (request: ModelRequest) => RequestFeatures

/**
 * Creates a reader that works out a request's features once, since limits, reservations, routing and metering all ask.
 * Entries live exactly as long as the request they describe.
 */
export function createFeatureReader(): FeatureReader {
  const known = new WeakMap<ModelRequest, RequestFeatures>()
  return (request) => {
    let features = known.get(request)
    if (features === undefined) {
      features = featuresOf(request)
      known.set(request, features)
    }
    return features
  }
}

/** Works out what a request needs. Pure; O(size of the request). */
export function featuresOf(request: ModelRequest): RequestFeatures {
  const chat = chatOf(request)
  const seen = { vision: false, documents: false, audio: false, cacheWrites: chat.cache !== undefined }
  for (const turn of chat.turns) lookAtBlocks(turn.blocks, seen)
  const features = {
    ...seen,
    cacheWrites: seen.cacheWrites || marksTools(chat),
    tools: chat.tools !== undefined && chat.tools.length > 0,
    jsonSchema: chat.output?.type === 'json-schema',
    inputTokens: estimateInputTokens(chat),
    choices: chat.choices ?? 1,
  }
  const { maxOutputTokens } = chat
  return maxOutputTokens === undefined ? features : { ...features, maxOutputTokens }
}

interface Seen {
  vision: boolean
  documents: boolean
  audio: boolean
  cacheWrites: boolean
}

function lookAtBlocks(blocks: readonly Block[], seen: Seen): void {
  for (const block of blocks) {
    if (block.cache !== undefined) seen.cacheWrites = true
    if (block.type === 'media') {
      if (block.kind === 'image') seen.vision = true
      else if (block.kind === 'document') seen.documents = true
      else if (block.kind === 'audio') seen.audio = true
    } else if (block.type === 'tool-result' || block.type === 'search-result') {
      lookAtBlocks(block.blocks, seen)
    }
  }
}

function marksTools(chat: ChatRequest): boolean {
  for (const tool of chat.tools ?? []) {
    if (tool.type !== 'hosted' && tool.cache !== undefined) return true
  }
  return false
}
