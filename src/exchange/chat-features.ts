import type { Mutable } from '../kit/mutable.ts'
import type { ChatRequest, ReasoningOptions } from './chat.ts'
import { HOUSE, type Block, type MediaBlock } from './content.ts'
import { estimateExtraTokens, estimateInputTokens, mediaTokensBeyondEstimate } from './estimate.ts'
import type { RequestFeatures } from './features.ts'

/** Works out what a conversation needs. Pure; O(size of the request). */
export function chatFeatures(chat: ChatRequest): RequestFeatures {
  const features: Mutable<RequestFeatures> = {
    tools: chat.tools !== undefined && chat.tools.length > 0,
    vision: false,
    documents: false,
    audio: false,
    speech: chat.bearing?.speech === true,
    jsonSchema: chat.output?.type === 'json-schema',
    cacheWrites: chat.cache !== undefined || marksTools(chat),
    inputTokens: estimateInputTokens(chat),
    furtherInputTokens: (chat.bearing?.inputTokens ?? 0) + estimateExtraTokens(chat.extra),
    choices: Math.max(chat.choices ?? 1, chat.bearing?.choices ?? 1),
    reasoning: asksToReason(chat.reasoning),
    reasoningTokens: chat.reasoning?.budgetTokens ?? 0,
    hostedTools: chat.tools?.some(({ type }) => type === 'hosted') === true,
    images: 0,
    unsized: 0,
  }
  if (chat.maxOutputTokens !== undefined) features.maxOutputTokens = chat.maxOutputTokens
  for (const turn of chat.turns) blockFeatures(turn.blocks, features)
  return features
}

/** Adds what blocks need, beside the tokens that they are estimated at. */
export function blockFeatures(blocks: readonly Block[], seen: Mutable<RequestFeatures>): void {
  for (const block of blocks) {
    if (block.cache !== undefined) seen.cacheWrites = true
    if (block.type === 'media') {
      seen.furtherInputTokens += mediaTokensBeyondEstimate(block)
      countHidden(block, seen)
      if (block.kind === 'image') seen.vision = true
      else if (block.kind === 'document') seen.documents = true
      else if (block.kind === 'audio') seen.audio = true
    } else if (block.type === 'tool-result' || block.type === 'search-result') {
      blockFeatures(block.blocks, seen)
    } else if (isUnsized(block)) seen.unsized += 1
  }
}

function isUnsized(block: Block): boolean {
  return block.type === 'native' && block.family !== HOUSE
}

/** A part whose tokens its bytes do not show. */
function countHidden({ kind, source }: MediaBlock, seen: Mutable<RequestFeatures>): void {
  if (source.from === 'text') return
  if (source.from === 'blocks') countHiddenIn(source.blocks, seen)
  else if (kind === 'image') seen.images += 1
  else seen.unsized += 1
}

function countHiddenIn(blocks: readonly Block[], seen: Mutable<RequestFeatures>): void {
  for (const block of blocks) {
    if (block.type === 'media') countHidden(block, seen)
    else if (isUnsized(block)) seen.unsized += 1
    else if (block.type === 'tool-result' || block.type === 'search-result') countHiddenIn(block.blocks, seen)
  }
}

function asksToReason(reasoning: ReasoningOptions | undefined): boolean {
  return reasoning !== undefined && reasoning.mode !== 'off' && reasoning.effort !== 'none'
}

function marksTools(chat: ChatRequest): boolean {
  if (chat.tools === undefined) return false
  for (const tool of chat.tools) {
    if (tool.type !== 'hosted' && tool.cache !== undefined) return true
  }
  return false
}
