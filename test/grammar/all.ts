import type { ClientDialect } from '../modes.ts'
import { checkMessagesStream } from './anthropic-messages.ts'
import { checkGeminiStream } from './gemini.ts'
import { checkChatStream } from './openai-chat.ts'
import { checkResponsesStream } from './openai-responses.ts'

/** What a stream must look like, however tolerant the SDK is: gives complaints. */
export const GRAMMARS: Readonly<Record<ClientDialect, (wire: string) => readonly string[]>> = {
  'openai-chat': checkChatStream,
  'anthropic-messages': checkMessagesStream,
  'openai-responses': checkResponsesStream,
  gemini: checkGeminiStream,
}
