import { hashOn } from '../kit/hash.ts'
import type { ChatRequest } from './chat.ts'
import type { Block } from './content.ts'

/**
 * A hash of what stands at the beginning of a conversation and stays as it grows: system prompt, tools, and all up to the first
 * turn of the user. Undefined where nothing stands there. O(length of the prefix).
 */
export function hashPromptPrefix({ turns, tools }: ChatRequest): number | undefined {
  let hash = 0
  for (const tool of tools ?? []) hash = hashOn(JSON.stringify(tool), hash)
  for (const { role, blocks } of turns) {
    hash = hashOn(role, hash)
    for (const block of blocks) hash = hashOn(textOf(block), hash)
    if (role === 'user') return hash
  }
  return turns.length === 0 ? undefined : hash
}

/** The texts of the system turns that a conversation begins with. */
export function systemPrompt({ turns }: ChatRequest): string {
  let text = ''
  for (const { role, blocks } of turns) {
    if (role !== 'system') break
    for (const block of blocks) if (block.type === 'text') text += block.text
  }
  return text
}

function textOf(block: Block): string {
  return block.type === 'text' ? block.text : JSON.stringify(block)
}
