import { FATES as ANTHROPIC_MESSAGES } from './anthropic-messages/fates.fixture.ts'
import type { ChatFates } from './fates.fixture.ts'
import { FATES as GEMINI } from './gemini/fates.fixture.ts'
import { FATES as OPENAI_CHAT } from './openai-chat/fates.fixture.ts'
import { FATES as OPENAI_RESPONSES } from './openai-responses/fates.fixture.ts'

/** The fates of every dialect that has chats, by its name. `docs/translation.md` is made of them. */
export const CHAT_FATES: ReadonlyMap<string, ChatFates> = new Map([
  ['openai-chat', OPENAI_CHAT],
  ['anthropic-messages', ANTHROPIC_MESSAGES],
  ['openai-responses', OPENAI_RESPONSES],
  ['gemini', GEMINI],
])
