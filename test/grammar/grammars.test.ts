import { describe, expect, test } from 'bun:test'
import { checkMessagesStream } from './anthropic-messages.ts'
import { checkChatStream } from './openai-chat.ts'
import { checkResponsesStream } from './openai-responses.ts'

const chunk = (choices: readonly object[], rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...rest })}\n\n`
const CHAT = [
  chunk([{ index: 0, delta: { role: 'assistant', content: 'a' } }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  'data: [DONE]\n\n',
]

const event = (type: string, rest: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const usage = { input_tokens: 1, output_tokens: 1 }
const message = { id: 'msg_1', role: 'assistant', content: [], stop_reason: null, usage }
const MESSAGES = [
  event('message_start', { message }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage }),
  event('message_stop'),
]

let sequence = 0
const numbered = (type: string, rest: object): string => event(type, { sequence_number: sequence++, ...rest })
const response = { id: 'resp_1', status: 'in_progress', output: [] }
const responseUsage = {
  input_tokens: 1,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 1,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 2,
}
const RESPONSES = [
  numbered('response.created', { response }),
  numbered('response.completed', { response: { ...response, status: 'completed', usage: responseUsage } }),
]

describe.each([
  ['openai-chat', checkChatStream, CHAT],
  ['anthropic-messages', checkMessagesStream, MESSAGES],
  ['openai-responses', checkResponsesStream, RESPONSES],
] as const)('the grammar of %s', (_, check, frames) => {
  const wire = frames.join('')

  test('has nothing to say of a legal stream', () => {
    expect(check(wire)).toEqual([])
  })

  test.each([
    ['nothing at all', ''],
    ['a stream without its end', frames.slice(0, -1).join('')],
    ['a stream without its beginning', frames.slice(1).join('')],
    ['a stream cut inside its last frame', wire.slice(0, -1)],
    ['something behind the end', wire + frames[0]],
    ['a frame that is none', `hello\n\n${wire}`],
  ])('complains of %s', (__, broken) => {
    expect(check(broken)).not.toEqual([])
  })
})
