import type { ChatRequest } from './chat.ts'

/** Counts the input tokens of a chat request without running it. */
export interface CountTokensRequest {
  readonly operation: 'count-tokens'
  readonly model: string
  readonly chat: ChatRequest
  readonly stream: false
}

/** What a client can ask of a model. Closed; embed, rerank, speak and the others join here. */
export type ModelRequest = ChatRequest | CountTokensRequest

export type Operation = ModelRequest['operation']

/** Every operation, by the name under which keys permit it. */
export const OPERATIONS = ['chat', 'count-tokens'] as const satisfies readonly Operation[]

/** Does a provider charge for it? Counting tokens is free everywhere, whether it succeeds or fails. */
export function isCharged({ operation }: ModelRequest): boolean {
  return operation !== 'count-tokens'
}

/** The conversation inside a request, whatever is asked about it. */
export function chatOf(request: ModelRequest): ChatRequest {
  return request.operation === 'chat' ? request : request.chat
}
