import type { ClientDialect } from '../modes.ts'

/** What a provider may say, good and bad, in any order; the pauses are for whoever plays them. */
export const PIECES = [
  'begin',
  'text',
  'text',
  'wide text',
  'empty text',
  'finish',
  'usage',
  'done',
  'error',
  'half a frame',
  'no json',
  'zeros',
  'mark',
  'comments',
  'pause',
  'long pause',
  'whole',
  'half of a whole',
] as const

export type Piece = (typeof PIECES)[number]

const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const event = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

type Words = Readonly<Record<Exclude<Piece, 'pause' | 'long pause'>, string>>

const chunk = (delta: object, finish: string | null = null): string =>
  frame({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
const CHAT_WHOLE = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'whole 🚪' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
})
const SHARED = {
  'half a frame': 'data: {"cho',
  'no json': 'data: {nothing}\n\n',
  zeros: 'data: \0\0\0\n\n',
  mark: '\uFEFF',
  comments: ': still here\n\n'.repeat(200),
}
const CHAT: Words = {
  ...SHARED,
  begin: chunk({ role: 'assistant', content: '' }),
  text: chunk({ content: 'word ' }),
  'wide text': chunk({ content: 'ä€🚪 ' }),
  'empty text': chunk({ content: '' }),
  finish: chunk({}, 'stop'),
  usage: frame({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  }),
  done: 'data: [DONE]\n\n',
  error: frame({ error: { message: 'It broke.', type: 'server_error', code: null, param: null } }),
  whole: CHAT_WHOLE,
  'half of a whole': CHAT_WHOLE.slice(0, 120),
}
const message = { id: 'm', type: 'message', role: 'assistant', model: 'm' }
const MESSAGES_WHOLE = JSON.stringify({
  ...message,
  content: [{ type: 'text', text: 'whole 🚪' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 9, output_tokens: 3 },
})
const said = (text: string): string =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
const MESSAGES: Words = {
  ...SHARED,
  begin:
    event('message_start', {
      message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 0 } },
    }) + event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  text: said('word '),
  'wide text': said('ä€🚪 '),
  'empty text': said(''),
  finish: event('content_block_stop', { index: 0 }),
  usage: event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 3 },
  }),
  done: event('message_stop'),
  error: event('error', { error: { type: 'api_error', message: 'It broke.' } }),
  whole: MESSAGES_WHOLE,
  'half of a whole': MESSAGES_WHOLE.slice(0, 90),
}
/** How the pieces are said in a dialect. */
export const WORDS: Readonly<Record<ClientDialect, Words>> = {
  'openai-chat': CHAT,
  'anthropic-messages': MESSAGES,
}
