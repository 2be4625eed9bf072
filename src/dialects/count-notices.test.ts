import { expect, test } from 'bun:test'
import type { ChatRequest } from '../exchange/chat.ts'
import { DIALECTS } from './all.ts'
import { countRequest } from './count-tokens.ts'

const PLAIN: ChatRequest = {
  operation: 'chat',
  model: 'm',
  turns: [{ role: 'user', blocks: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  wantsUsage: true,
}

/** What is about an answer alone, of which a count has none: nothing of it is asked for, so nothing is lost. */
const ABOUT_ANSWERS: Partial<ChatRequest> = {
  maxOutputTokens: 99_999,
  temperature: 1.9,
  topP: 0.5,
  topK: 4,
  seed: 1,
  stop: ['a', 'b', 'c', 'd', 'e', 'f'],
  logprobs: { top: 2 },
  logitBias: { 1: 1 },
  presencePenalty: 1,
  frequencyPenalty: 1,
  verbosity: 'low',
  serviceTier: 'flex',
  user: 'u'.repeat(500),
  metadata: { a: 'b' },
}

const COUNTING = DIALECTS.flatMap(({ name, codecs: { 'count-tokens': codec } }) =>
  codec === undefined ? [] : [{ name, codec }],
)

test.each(COUNTING)('$name: a count has no output, so nothing is said of one', ({ codec }) => {
  const notices: string[] = []
  for (const chat of [PLAIN, { ...PLAIN, ...ABOUT_ANSWERS }]) {
    codec.encodeRequest(countRequest(chat), {
      model: 'm',
      capabilities: { maxOutputTokens: 1_000, sampling: false },
      quirks: {},
      headers: {},
      notice: (code, subject) => void notices.push(`${code}=${subject}`),
    })
  }
  expect(notices).toEqual([])
})
