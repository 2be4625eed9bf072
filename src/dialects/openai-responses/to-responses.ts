import type { ChatRequest } from '../../exchange/chat.ts'
import type { RequestContext } from '../dialect.ts'
import { towards, type Towards } from '../towards.ts'
import { TOOL_RULES } from './vocabulary.ts'

/** A request on its way to a provider of Responses. */
export interface ToResponses extends Towards {
  /** Whose words are written: text is told in other parts for each side. */
  readonly speaker: 'user' | 'assistant'
  /** Is it a call of a free-text tool? Its result is an item of another type. */
  readonly isFreeText: (callId: string) => boolean
}

/** A request and who is told of it. */
export function toResponses(chat: ChatRequest, context: RequestContext): ToResponses {
  const to = towards(chat, context, TOOL_RULES)
  const freeText = new Set<string>()
  for (const { blocks } of to.wire.emulatesText ? [] : chat.turns) {
    for (const block of blocks)
      if (block.type === 'tool-call' && block.form === 'text') freeText.add(block.id)
  }
  return { ...to, speaker: 'user', isFreeText: (callId) => freeText.has(callId) }
}
