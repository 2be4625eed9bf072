import type { ClientDialect } from '../modes.ts'
import { anthropicMessagesWire } from './anthropic-messages.ts'
import { geminiWire } from './gemini.ts'
import { openaiChatWire } from './openai-chat.ts'
import { openaiResponsesWire } from './openai-responses.ts'
import type { WireFormat } from './wire-format.ts'

/** How each dialect looks. A further one is a file and a line here. */
export const WIRES: Readonly<Record<ClientDialect, WireFormat>> = {
  'openai-chat': openaiChatWire,
  'anthropic-messages': anthropicMessagesWire,
  'openai-responses': openaiResponsesWire,
  gemini: geminiWire,
}
