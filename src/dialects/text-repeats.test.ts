import { isChatEvent } from '../exchange/is-chat-event.fixture.ts'
import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createSseFramer } from '../kit/sse.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import type { Dialect, ResponseDecoder } from './dialect.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import type { ChatEvent } from '../exchange/chat-content.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { speakChat } from './speak-chat.fixture.ts'
import type { Quirks } from '../exchange/target.ts'
import { TextRepeats } from './text-repeats.ts'

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: true }

function decoderOf(dialect: Dialect, quirks: Quirks = {}): ResponseDecoder<'chat'> {
  return speakChat(dialect).decodeResponse({ request: REQUEST, quirks })
}

/** The events of a stream, and how many frames the decoder had to read. */
function read(stream: string, decoder: ResponseDecoder<'chat'>) {
  const events: ChatEvent[] = []
  let parsed = 0
  const counting: ResponseDecoder<'chat'> = {
    frame(frame, sink) {
      parsed += 1
      decoder.frame(frame, sink)
    },
    unary: () => undefined,
    close: () => undefined,
    done: false,
    complete: false,
    get needsEveryFrame() {
      return decoder.needsEveryFrame === true
    },
  }
  const repeats = new TextRepeats(counting)
  createSseFramer().push(new TextEncoder().encode(stream), (frame) =>
    repeats.frame(frame, (event) => {
      if (isChatEvent(event)) events.push(event)
    }),
  )
  return { events, parsed }
}

function readPlainly(stream: string, decoder: ResponseDecoder<'chat'>): ChatEvent[] {
  const events: ChatEvent[] = []
  createSseFramer().push(new TextEncoder().encode(stream), (frame) =>
    decoder.frame(frame, (event) => void events.push(event)),
  )
  return events
}

const chat = (delta: object, rest: object = {}): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'm', choices: [{ index: 0, delta, finish_reason: null, ...rest }] })}\n\n`
const message = (type: string, rest: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
const open = (index: number, type: string): string =>
  message('content_block_start', { index, content_block: { type, text: '', thinking: '' } })
const delta = (index: number, fields: object): string =>
  message('content_block_delta', { index, delta: fields })

const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'm',
    'x',
    '"',
    '\\',
    'a\\"b',
    '\n',
    '"},"finish_reason":"stop","x":{"y":"',
    'text_delta',
  ),
)

const CHAT_FRAMES = fc.oneof(
  texts.map((content) => chat({ content })),
  texts.map((content) => chat({ content })),
  texts.map((content) => chat({ role: 'assistant', content })),
  texts.map((reasoning_content) => chat({ reasoning_content })),
  texts.map((refusal) => chat({ refusal })),
  texts.map((content) => chat({ content }, { index: 1 })),
  texts.map((content) => chat({ content }, { logprobs: { content: [{ token: 'a' }] } })),
  texts.map((content) => chat({ content }, { finish_reason: 'length' })),
  texts.map((content) =>
    chat({ content }).replace('}]}', '}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'),
  ),
  fc.constantFrom(
    chat({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{"a":1' } }] }),
    chat({ tool_calls: [{ index: 0, function: { arguments: '}' } }] }),
    'data: {"broken\n\n',
    ': ping\n\n',
    'data: [DONE]\n\n',
  ),
)

/** As of a server that writes thoughts into the text. */
const TAGGED_FRAMES = fc
  .array(fc.oneof(texts, fc.constantFrom('word', 'another', '</think>', ' </th', 'ink> ')), { maxLength: 30 })
  .map((contents) => ['<think>', ...contents].map((content) => chat({ content })))

const MESSAGE_FRAMES = fc.oneof(
  texts.map((text) => delta(0, { type: 'text_delta', text })),
  texts.map((text) => delta(0, { type: 'text_delta', text })),
  texts.map((text) => delta(1, { type: 'text_delta', text })),
  texts.map((thinking) => delta(2, { type: 'thinking_delta', thinking })),
  texts.map((partial_json) => delta(3, { type: 'input_json_delta', partial_json })),
  fc.constantFrom(
    open(0, 'text'),
    open(2, 'thinking'),
    open(3, 'tool_use'),
    message('content_block_stop', { index: 0 }),
    message('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
    message('message_stop', {}),
    'data: {"broken\n\n',
  ),
)

describe('a decoder with a memory', () => {
  test.each([
    ['chat', openaiChat, fc.array(CHAT_FRAMES, { maxLength: 40 }), {}],
    ['chat with thoughts in the text', openaiChat, TAGGED_FRAMES, { thinkTags: true }],
    ['messages', anthropicMessages, fc.array(MESSAGE_FRAMES, { maxLength: 40 }), {}],
  ] as const)('says the same as one without: %s', (_name, dialect, frames, quirks) => {
    fc.assert(
      fc.property(frames, (list) => {
        const stream = list.join('')
        const { events } = read(stream, decoderOf(dialect, quirks))
        expect(events.map(told)).toEqual(readPlainly(stream, decoderOf(dialect, quirks)).map(told))
      }),
      { numRuns: 500 },
    )
  })

  test('parses the first frames of a run only', () => {
    const words = Array.from({ length: 50 }, (_, index) => chat({ content: `word ${index} "\\ü\n` }))
    const { events, parsed } = read(words.join(''), decoderOf(openaiChat))
    expect(parsed).toBe(2)
    expect(events.filter((event) => event.type === 'text-delta')).toHaveLength(50)
  })

  test('stops looking for shapes in a stream whose frames have none in common', () => {
    const words = Array.from({ length: 20 }, (_, index) =>
      chat({ content: 'word' }).replace('"id":"x"', `"id":"${index}"`),
    )
    expect(read(words.join(''), decoderOf(openaiChat)).parsed).toBe(20)
  })
})

/** Failures are compared by what they say, not by where they were made. */
function told(event: ChatEvent): unknown {
  return event.type === 'failure' ? event.failure.code : event
}
