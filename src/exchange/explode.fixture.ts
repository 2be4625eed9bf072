import type { Message } from './collect.ts'
import type { Block } from './content.ts'
import type { ChatEvent } from './chat-content.ts'
import { defined } from '../kit/defined.ts'

/** Unfolds a message to the events that `collect` folds back to it. */
export function explode(message: Message): ChatEvent[] {
  const events: ChatEvent[] = []
  const { responseId, model, extra } = message
  events.push({
    type: 'start',
    ...defined({ responseId, model, extra }),
  })
  for (const choice of message.choices) {
    choice.blocks.forEach((block, index) => explodeBlock(block, { choice: choice.index, index }, events))
    if (choice.logprobs.length > 0) {
      events.push({ type: 'logprobs', choice: choice.index, content: choice.logprobs })
    }
    if (choice.finish !== undefined) events.push(choice.finish)
  }
  events.push({ type: 'usage', usage: message.usage }, { type: 'end' })
  return events
}

function explodeBlock(block: Block, at: { choice: number; index: number }, events: ChatEvent[]): void {
  switch (block.type) {
    case 'text': {
      const { citations, signature, ...rest } = block
      events.push({ type: 'block-start', ...at, block: { ...rest, text: '' } })
      if (block.text !== '') events.push({ type: 'text-delta', ...at, text: block.text })
      for (const citation of citations ?? []) events.push({ type: 'citation', ...at, citation })
      if (signature !== undefined) events.push({ type: 'signature', ...at, signature })
      break
    }
    case 'reasoning': {
      const { signature, ...rest } = block
      events.push({ type: 'block-start', ...at, block: { ...rest, text: '' } })
      if (block.text !== '') events.push({ type: 'reasoning-delta', ...at, text: block.text })
      if (signature !== undefined) events.push({ type: 'signature', ...at, signature })
      break
    }
    case 'refusal':
      events.push({ type: 'block-start', ...at, block: { ...block, text: '' } })
      if (block.text !== '') events.push({ type: 'refusal-delta', ...at, text: block.text })
      break
    case 'tool-call':
      events.push({ type: 'block-start', ...at, block: { ...block, arguments: '' } })
      if (block.arguments !== '') events.push({ type: 'arguments-delta', ...at, text: block.arguments })
      break
    case 'native':
    case 'media':
    case 'search-result':
    case 'tool-result':
      events.push({ type: 'block-start', ...at, block })
  }
  events.push({ type: 'block-end', ...at })
}
