import { describe, expect, test } from 'bun:test'
import { anthropicMessages } from '../dialects/anthropic-messages/anthropic-messages.ts'
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts'
import type { Codec, Dialect } from '../dialects/dialect.ts'
import type { ContentAccess } from '../exchange/content-access.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { Lane } from '../exchange/response.ts'
import { parseJsonObjectExactly } from '../kit/json.ts'
import { createSseFramer } from '../kit/sse.ts'
import { openReader, type ReadingContext } from './frame-reader.ts'

const REQUEST: ModelRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: false }

const context = (contentAccess: ContentAccess): ReadingContext => ({
  request: REQUEST,
  quirks: {},
  contentAccess,
})

const chunk = (delta: object, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...rest }], usage: null })}\n\n`
const event = (type: string, rest: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`

/** With usage that the client did not ask for, a broken frame, and deltas of one shape. */
const CHAT = [
  chunk({ role: 'assistant', content: '' }),
  ...['It', ' is', ' “so”', ' tall.'].map((content) => chunk({ content })),
  'data: {"id":"x","choices":[{"index":0,"del\n\n',
  chunk({
    tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1.0}' } }],
  }),
  chunk({}, { finish_reason: 'tool_calls' }),
  'data: {"id":"x","model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n',
  'data: [DONE]\n\n',
].join('')

const usage = { input_tokens: 3, output_tokens: 1 }
const MESSAGES = [
  event('message_start', { message: { id: 'm1', model: 'm', role: 'assistant', content: [], usage } }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('ping', {}),
  ...['It', ' is', ' “so”', ' tall.'].map((text) =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  ),
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } }),
  event('message_stop', {}),
].join('')

/** What a reader tells of a stream, and the bytes that the client gets to see. */
function chatOf(dialect: Dialect): Codec {
  const codec: Codec | undefined = dialect.codecs.chat
  if (codec === undefined) throw new Error('no chat')
  return codec
}

function read(dialect: Dialect, stream: string, lane: Lane, access: ContentAccess) {
  const reader = openReader(chatOf(dialect), lane, context(access))
  const events: ResponseEvent[] = []
  const shown: string[] = []
  createSseFramer().push(new TextEncoder().encode(stream), (frame) => {
    const isShown = reader.frame(frame, (told) => void events.push(told))
    if (isShown) shown.push(new TextDecoder().decode(frame.bytes))
  })
  reader.close((told) => void events.push(told))
  return { events, shown: shown.join('') }
}

describe.each([
  ['openai-chat', openaiChat, CHAT],
  ['anthropic-messages', anthropicMessages, MESSAGES],
] as const)('reading along with %s', (_name, dialect, stream) => {
  const along = read(dialect, stream, 'native', 'read')

  test('tells all that translating tells', () => {
    expect(along.events).toEqual(read(dialect, stream, 'translated', 'none').events)
    expect(along.events.some(({ type }) => type === 'passed')).toBe(false)
  })

  test('shows the client what it sees when nobody reads', () => {
    expect(along.shown).toBe(read(dialect, stream, 'native', 'none').shown)
    expect(along.shown).toContain('tall.')
  })

  test('tells the same as the decoder alone where what is said is rewritten', () => {
    expect(read(dialect, stream, 'translated', 'rewrite').events).toEqual(along.events)
  })
})

test('an answer in one piece is read with its numbers as they are written, wherever somebody goes by them', () => {
  const native = openReader(chatOf(openaiChat), 'native', context('read'))
  expect(native).toMatchObject({ verbatim: true, exact: true })
  const events: ResponseEvent[] = []
  const body =
    '{"id":"x","model":"m","choices":[{"index":0,"message":{"content":"It is tall."},"finish_reason":"stop"}]}'
  native.unary(parseJsonObjectExactly(body) ?? {}, (told) => void events.push(told))
  expect(events.map(({ type }) => type)).toContain('text-delta')
  expect(openReader(chatOf(openaiChat), 'native', context('none'))).toMatchObject({
    verbatim: true,
    exact: false,
  })
})
