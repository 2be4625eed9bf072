import type { ChatRequest } from '../chat.ts'
import { chatFeatures } from '../chat-features.ts'
import type { SpineEvent } from '../event-spine.ts'
import type { Fold, OperationRow, RequestSpine } from './operation-row.ts'

/** Counts the input tokens of a conversation without running it. */
export interface CountTokensRequest extends RequestSpine {
  readonly operation: 'count-tokens'
  readonly chat: ChatRequest
  readonly stream: false
}

/** How many there are. */
export interface TokenCount {
  readonly type: 'token-count'
  readonly inputTokens: number
  readonly estimated: boolean
}

/** What a provider counts without running it. */
export const countTokens: OperationRow<CountTokensRequest, TokenCount, TokenCount> = {
  name: 'count-tokens',
  features: ({ chat }) => chatFeatures(chat),
  isSteady: () => true,
  charge: 'nothing',
  writes: 'nothing',
  // Tokens are counted here where a provider cannot, and elsewhere by servers that do not wait for the model.
  proves: 'nothing',
  repeat: 'until-first-event',
  servedBy: 'all',
  interchangeable: true,
  conversation: ({ chat }) => chat,
  answerHere: ({ inputTokens }) => [{ type: 'token-count', inputTokens, estimated: true }],
  meaning: { 'token-count': true },
  lastWord: 'token-count',
  createFold: () => new CountFold(),
}

class CountFold implements Fold<TokenCount, TokenCount> {
  #count: TokenCount = { type: 'token-count', inputTokens: 0, estimated: true }

  push(event: SpineEvent | TokenCount): void {
    if (event.type === 'token-count') this.#count = event
  }

  result(): TokenCount {
    return this.#count
  }
}
