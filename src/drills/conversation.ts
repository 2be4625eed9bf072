import type { ChatRequest, Turn } from '../exchange/chat.ts'
import type { Block, MediaBlock } from '../exchange/content.ts'

/** The text in blocks, tool results left out, joined without anything in between. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

/** The text of the last user turn that has one; empty when there is none. */
export function lastUserText(chat: ChatRequest): string {
  const turn = chat.turns.findLast(({ role, blocks }) => role === 'user' && textOf(blocks) !== '')
  return turn === undefined ? '' : textOf(turn.blocks)
}

/** What the tools gave back in the last turn: name of the tool and text of its result. */
export function freshToolResults(
  chat: ChatRequest,
): readonly { readonly name: string; readonly text: string }[] {
  const last: Turn | undefined = chat.turns.at(-1)
  const names = new Map<string, string>()
  for (const turn of chat.turns) {
    for (const block of turn.blocks) if (block.type === 'tool-call') names.set(block.id, block.name)
  }
  const results = []
  for (const block of last?.blocks ?? []) {
    if (block.type !== 'tool-result') continue
    results.push({ name: names.get(block.callId) ?? block.callId, text: textOf(block.blocks) })
  }
  return results
}

/** Must the answer be a call, because the request says so and gives something to call? */
export function mustCall({ toolChoice, tools = [] }: ChatRequest): boolean {
  if (toolChoice === undefined || !tools.some(({ type }) => type !== 'hosted')) return false
  if (toolChoice.type === 'allowed') return toolChoice.mode === 'required'
  return toolChoice.type === 'required' || toolChoice.type === 'tool'
}

/** All media of a conversation in order, those inside tool results included. */
export function mediaOf(chat: ChatRequest): readonly MediaBlock[] {
  return chat.turns.flatMap((turn) => turn.blocks).flatMap(mediaIn)
}

function mediaIn(block: Block): readonly MediaBlock[] {
  if (block.type === 'media') return [block]
  return block.type === 'tool-result' ? block.blocks.flatMap(mediaIn) : []
}
