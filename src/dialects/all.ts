import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { cohere } from './cohere/cohere.ts'
import type { Dialect } from './dialect.ts'
import { gemini } from './gemini/gemini.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'

/** Every wire language of the house. A new one is a folder and a line here; the first answers where no other is nearer. */
export const DIALECTS: readonly Dialect[] = [openaiChat, anthropicMessages, openaiResponses, gemini, cohere]

/** The dialects by name. */
export function dialectMap(): ReadonlyMap<string, Dialect> {
  return new Map(DIALECTS.map((dialect) => [dialect.name, dialect]))
}
