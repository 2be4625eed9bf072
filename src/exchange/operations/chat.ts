import type { ChatRequest } from '../chat.ts'
import { chatFeatures } from '../chat-features.ts'
import type { ChatContent } from '../chat-content.ts'
import { createCollector, type Message } from '../collect.ts'
import { hashPromptPrefix, systemPrompt } from '../prompt-prefix.ts'
import type { OperationRow } from './operation-row.ts'

/** A piece of nothing is a keep-alive. */
const TEXT = { of: ({ text }: { readonly text: string }): boolean => text.length > 0 }

/** The next turn of a conversation. */
export const chat: OperationRow<ChatRequest, ChatContent, Message> = {
  name: 'chat',
  features: chatFeatures,
  isSteady: ({ temperature, seed }) => temperature === 0 || seed !== undefined,
  charge: 'usage',
  writes: 'tokens',
  proves: 'target',
  repeat: 'until-first-event',
  servedBy: 'all',
  interchangeable: true,
  affinity: ({ cacheKey }) => cacheKey,
  promptPrefix: hashPromptPrefix,
  systemPrompt,
  conversation: (request) => request,
  withOutputLimit: (request, maxOutputTokens) => ({ ...request, maxOutputTokens }),
  // A role alone or the beginning of a text means nothing yet; a legitimate finish does.
  meaning: {
    'block-start': {
      of: ({ block: { type } }) => type === 'tool-call' || type === 'native' || type === 'media',
    },
    'text-delta': TEXT,
    'reasoning-delta': TEXT,
    'refusal-delta': TEXT,
    'arguments-delta': TEXT,
    'native-delta': true,
    signature: true,
    citation: false,
    logprobs: false,
    'block-end': false,
    finish: true,
  },
  lastWord: 'finish',
  createFold: createCollector,
}
