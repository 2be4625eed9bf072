import { describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import * as fc from 'fast-check'
import { messageArbitrary } from '../../../test/arbitraries/chat.ts'
import { checkMessagesStream, readMessagesFrames } from '../../../test/grammar/anthropic-messages.ts'
import { RECORDINGS, THINKING_AND_CALL, toWire } from '../../../test/recordings/anthropic-messages.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect, type Message } from '../../exchange/collect.ts'
import { explode } from '../../exchange/explode.fixture.ts'
import type { Block, Signature, ToolCallBlock } from '../../exchange/content.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { Failure } from '../../exchange/failure.ts'
import { withoutLocations } from '../../exchange/without-locations.fixture.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { parseJson, readObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createSseFramer } from '../../kit/sse.ts'
import type { EncodeContext } from '../dialect.ts'
import { decodeRequest } from './decode-request.ts'
import { createResponseDecoder } from './decode-response.ts'
import { createResponseEncoder } from './encode-response.ts'

const request: ChatRequest = {
  operation: 'chat',
  model: 'shown-model',
  turns: [],
  stream: true,
  wantsUsage: true,
}
const context: EncodeContext = {
  request,
  requestId: 'req_01ABC',
  model: 'shown-model',
  createdMs: 0,
  estimatedInputTokens: 7,
  notice() {},
}

function encodeAll(events: readonly ChatEvent[]): string {
  const encoder = createResponseEncoder(context)
  return events.map((event) => encoder.event(event)).join('')
}

function decodeAll(wire: string): ChatEvent[] {
  const events: ChatEvent[] = []
  const sink = (event: ChatEvent): void => void events.push(event)
  const decoder = createResponseDecoder({ request, quirks: {} })
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(wire), (frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  return events
}

const unary = (message: Message): JsonObject => createResponseEncoder(context).unary(message)

const at = (index: number): { choice: 0; index: number } => ({ choice: 0, index })
const call = (id: string, name = 'f'): Block => ({
  type: 'tool-call',
  id,
  name,
  arguments: '',
  form: 'json',
})
const ending: readonly ChatEvent[] = [
  { type: 'finish', choice: 0, reason: 'tool-calls' },
  { type: 'usage', usage: { ...NO_USAGE, inputTokens: 11, outputTokens: 3 } },
  { type: 'end' },
]

/** What the official SDK makes of the wire text. */
async function readWithSdk(wire: string): Promise<Anthropic.Message> {
  const client = new Anthropic({
    apiKey: 'none',
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(wire, { headers: { 'content-type': 'text/event-stream' } })),
  })
  return client.messages
    .stream({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] })
    .finalMessage()
}

/** As it stands on the wire: the SDK's lazily parsed input included. */
const asJson = (value: unknown): Json => parseJson(JSON.stringify(value))

const frameTypes = (wire: string): string[] => readMessagesFrames(wire).map((frame) => frame.event)

/** Own reasoning carries an own signature; the generator knows no dialect. */
const ownMessageArbitrary = messageArbitrary.map((message): Message => ({
  ...message,
  choices: message.choices.map((choice) => ({
    ...choice,
    blocks: choice.blocks.map((block, index) =>
      block.type === 'reasoning'
        ? { ...block, signature: { family: 'anthropic', scheme: 'signature', value: `sig+/=${index}` } }
        : block,
    ),
  })),
}))

describe('streams', () => {
  test('properties: every message is legal wire text and reads back as it was', () => {
    fc.assert(
      fc.property(ownMessageArbitrary, (message) => {
        const wire = encodeAll(explode(message))
        expect(checkMessagesStream(wire)).toEqual([])
        expect(collect(decodeAll(wire))).toEqual({
          ...message,
          responseId: 'msg_01ABC',
          model: 'shown-model',
        })
      }),
    )
  })

  test('properties: the unary body is the fold of the stream', () => {
    fc.assert(
      fc.property(ownMessageArbitrary, (message) => {
        expect(unary(collect(decodeAll(encodeAll(explode(message)))))).toEqual(unary(message))
      }),
    )
  })

  test.each(RECORDINGS.map((recording) => ({ ...recording })))(
    '$name: what came from the API goes out legal and means the same, streamed and whole',
    ({ frames }) => {
      const events = decodeAll(toWire(frames))
      const wire = encodeAll(events)
      expect(checkMessagesStream(wire)).toEqual([])
      expect(unary(collect(decodeAll(wire)))).toEqual(unary(collect(events)))
    },
  )

  test.each(RECORDINGS.map((recording) => ({ ...recording })))(
    '$name: the unary body is what the API would have sent',
    ({ frames, body }) => {
      const encoded = unary(collect(decodeAll(toWire(frames))))
      expect(encoded['content']).toEqual(body['content'] ?? null)
      expect(encoded['stop_reason']).toEqual(body['stop_reason'] ?? null)
      expect(encoded['container']).toEqual(body['container'])
      const usage = readObject(encoded, 'usage') ?? {}
      expect(usage['output_tokens']).toEqual(readObject(body, 'usage')?.['output_tokens'])
    },
  )

  // Compactions are beta: the plain helper of the SDK does not accumulate them.
  test.each(
    RECORDINGS.filter(({ name }) => !name.includes('compaction')).map((recording) => ({ ...recording })),
  )('$name: the official SDK accumulates the stream to the unary body', async ({ frames }) => {
    const events = decodeAll(toWire(frames))
    const message = await readWithSdk(encodeAll(events))
    const body = unary(collect(events))
    expect(asJson(message.content)).toEqual(body['content'] ?? null)
    expect(message.stop_reason ?? '').toBe(readString(body, 'stop_reason') ?? '')
    expect(message.usage).toMatchObject({
      output_tokens: readObject(body, 'usage')?.['output_tokens'],
    })
  })

  test('the frames of a turn with thinking, text and a call are golden', () => {
    expect(encodeAll(decodeAll(toWire(THINKING_AND_CALL.frames)))).toMatchSnapshot()
  })

  test('text and a call that arrive together are two blocks, and empty text is none', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: { type: 'text', text: '' } },
      { type: 'text-delta', ...at(0), text: '' },
      { type: 'text-delta', ...at(0), text: 'init:' },
      { type: 'block-end', ...at(0) },
      { type: 'block-start', ...at(1), block: { type: 'text', text: '' } },
      { type: 'block-end', ...at(1) },
      { type: 'block-start', ...at(2), block: call('t1', 'Bash') },
      { type: 'block-end', ...at(2) },
      ...ending,
    ])
    expect(checkMessagesStream(wire)).toEqual([])
    const starts = readMessagesFrames(wire).filter((frame) => frame.event === 'content_block_start')
    expect(starts.map(({ body }) => body['content_block'])).toEqual([
      { type: 'text', text: '' },
      { type: 'tool_use', id: 't1', name: 'Bash', input: {} },
    ])
    expect(wire.match(/text_delta/g)).toHaveLength(1)
  })

  test('interleaved calls are written one after the other, whole', async () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: call('a') },
      { type: 'block-start', ...at(1), block: call('b', 'g') },
      { type: 'arguments-delta', ...at(1), text: '{"y"' },
      { type: 'arguments-delta', ...at(0), text: '{"x"' },
      { type: 'block-start', ...at(2), block: call('c', 'h') },
      { type: 'arguments-delta', ...at(2), text: '{}' },
      { type: 'arguments-delta', ...at(1), text: ':2}' },
      { type: 'block-end', ...at(1) },
      { type: 'arguments-delta', ...at(0), text: ':1}' },
      { type: 'block-end', ...at(0) },
      { type: 'block-end', ...at(2) },
      ...ending,
    ])
    expect(checkMessagesStream(wire)).toEqual([])
    const message = await readWithSdk(wire)
    expect(asJson(message.content)).toMatchObject([
      { id: 'a', input: { x: 1 } },
      { id: 'b', input: { y: 2 } },
      { id: 'c', input: {} },
    ])
  })

  test('a fragment of an open call with long arguments is written at once', () => {
    const encoder = createResponseEncoder(context)
    encoder.event({ type: 'start' })
    encoder.event({ type: 'block-start', ...at(0), block: call('a') })
    const much = 'x'.repeat(LIMITS.heldArgumentCharacters)
    expect(encoder.event({ type: 'arguments-delta', ...at(0), text: much })).toBe('')
    expect(encoder.event({ type: 'arguments-delta', ...at(0), text: 'y' })).toContain(`${much}y`)
    for (let piece = 0; piece < 50; piece += 1) {
      expect(encoder.event({ type: 'arguments-delta', ...at(0), text: `${piece},` })).toContain(`${piece},`)
    }
  })

  test('input tokens stand in message_start, estimated when unknown, exact in message_delta', () => {
    const frames = readMessagesFrames(
      encodeAll([
        { type: 'start' },
        { type: 'block-start', ...at(0), block: call('a') },
        { type: 'block-end', ...at(0) },
        ...ending,
      ]),
    )
    const startUsage = readObject(readObject(frames[0]?.body ?? {}, 'message') ?? {}, 'usage')
    expect(startUsage).toMatchObject({ input_tokens: 7, output_tokens: 0 })
    expect(readObject(frames.at(-2)?.body ?? {}, 'usage')).toMatchObject({
      input_tokens: 11,
      output_tokens: 3,
    })
  })

  test('usage that is known at the start is told at the start', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'usage', usage: { ...NO_USAGE, inputTokens: 42, cacheReadTokens: 5 } },
      { type: 'end' },
    ])
    expect(readMessagesFrames(wire)[0]?.body).toMatchObject({
      message: { usage: { input_tokens: 42, cache_read_input_tokens: 5 } },
    })
  })

  test('a failure is an error event and never message_stop', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: { type: 'text', text: '' } },
      { type: 'text-delta', ...at(0), text: 'half' },
      { type: 'failure', failure: new Failure('stream-truncated') },
      { type: 'text-delta', ...at(0), text: 'more' },
      ...ending,
    ])
    expect(checkMessagesStream(wire)).toEqual([])
    expect(frameTypes(wire).slice(-2)).toEqual(['content_block_delta', 'error'])
    expect(wire).not.toContain('message_stop')
  })

  test('the official SDK throws what the error event says', async () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: call('a') },
      { type: 'failure', failure: new Failure('provider-overloaded') },
    ])
    expect(readWithSdk(wire)).rejects.toThrow('overloaded_error')
  })

  test('a heartbeat is a ping, even before the first event', async () => {
    const encoder = createResponseEncoder(context)
    const wire = encoder.heartbeat() + encodeAll(decodeAll(toWire(THINKING_AND_CALL.frames)))
    expect(encoder.heartbeat()).toBe('event: ping\ndata: {"type":"ping"}\n\n')
    expect((await readWithSdk(wire)).stop_reason).toBe('tool_use')
  })

  test('only the first choice is written', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', choice: 1, index: 0, block: call('second') },
      { type: 'block-end', choice: 1, index: 0 },
      { type: 'finish', choice: 0, reason: 'tool-calls' },
      { type: 'finish', choice: 1, reason: 'length' },
      { type: 'end' },
    ])
    expect(wire).not.toContain('second')
    expect(wire).toContain('"stop_reason":"tool_use"')
  })

  test('a stream of nothing is still complete', () => {
    expect(checkMessagesStream(encodeAll([{ type: 'end' }]))).toEqual([])
  })

  test('blocks that nobody ended are ended', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: call('a') },
      { type: 'block-start', ...at(1), block: call('b') },
      ...ending,
    ])
    expect(checkMessagesStream(wire)).toEqual([])
    expect(wire.match(/content_block_stop"/g)?.length).toBe(2)
  })
})

describe('blocks', () => {
  const whole = (block: Block): Message => ({
    choices: [
      { index: 0, blocks: [block], logprobs: [], finish: { type: 'finish', choice: 0, reason: 'stop' } },
    ],
    usage: NO_USAGE,
  })
  const content = (block: Block): Json | undefined => {
    const encoded = unary(whole(block))['content']
    const wire = encodeAll(explode(whole(block)))
    expect(checkMessagesStream(wire)).toEqual([])
    expect(unary(collect(decodeAll(wire)))['content']).toEqual(encoded ?? null)
    return encoded
  }
  const noticesOf = (block: Block): { unary: string[]; stream: string[] } => {
    const told = { unary: new Array<string>(), stream: new Array<string>() }
    const noting = (codes: string[]): EncodeContext => ({
      ...context,
      notice: (code) => void codes.push(code),
    })
    createResponseEncoder(noting(told.unary)).unary(whole(block))
    const stream = createResponseEncoder(noting(told.stream))
    for (const event of explode(whole(block))) stream.event(event)
    return told
  }
  const toolCall = (text: string): ToolCallBlock => ({
    type: 'tool-call',
    id: 'a',
    name: 'f',
    arguments: text,
    form: 'json',
  })
  const foreign: Signature = { family: 'openai', scheme: 'encrypted', value: 'gAAAA' }

  test('a refusal is text', () => {
    expect(content({ type: 'refusal', text: 'No.' })).toEqual([{ type: 'text', text: 'No.' }])
  })

  test('reasoning without a signature is thinking with an empty signature', () => {
    expect(content({ type: 'reasoning', text: 'hm', form: 'summary' })).toEqual([
      { type: 'thinking', thinking: 'hm', signature: '' },
    ])
  })

  test('the signature of another family travels in the slots that clients send back', () => {
    const reasoning: Block = { type: 'reasoning', text: 'hm', form: 'full', signature: foreign }
    const hidden: Block = { type: 'reasoning', text: '', form: 'hidden', signature: foreign }
    const signed: Block = { ...toolCall('{"a":1}'), signature: foreign }
    expect(content(reasoning)).toMatchObject([{ type: 'thinking', thinking: 'hm' }])
    expect(content(hidden)).toMatchObject([{ type: 'redacted_thinking' }])
    expect(content(signed)).toMatchObject([{ type: 'redacted_thinking' }, { type: 'tool_use', id: 'a' }])
    for (const block of [reasoning, hidden, signed]) {
      const messages = [{ role: 'assistant', content: content(block) }]
      const { request: echoed } = decodeRequest({ model: 'm', max_tokens: 1, messages })
      expect(withoutLocations(echoed.turns[0]?.blocks)).toEqual([block])
    }
  })

  test('the proof of a call that comes behind its beginning travels behind the call', () => {
    const wire = encodeAll([
      { type: 'start' },
      { type: 'block-start', ...at(0), block: call('a') },
      { type: 'signature', ...at(0), signature: foreign },
      { type: 'block-end', ...at(0) },
      ...ending,
    ])
    expect(checkMessagesStream(wire)).toEqual([])
    expect(
      readMessagesFrames(wire).flatMap(({ body }) => readObject(body, 'content_block') ?? []),
    ).toMatchObject([{ type: 'tool_use', id: 'a' }, { type: 'redacted_thinking' }])
  })

  test.each(['not json', '{"a":1}{"a":2}', "{'a':1}", '{"path":"a.txt","text":"cut o', '[1]', '"text"'])(
    'arguments that are no JSON object reach the client whole, with a notice, streamed or not: %s',
    (text) => {
      expect(content(toolCall(text))).toMatchObject([{ type: 'tool_use', input: { INVALID_JSON: text } }])
      expect(noticesOf(toolCall(text))).toEqual({
        unary: ['arguments.invalid'],
        stream: ['arguments.invalid'],
      })
    },
  )

  test.each(['', '  ', 'null', '{}'])('a call without arguments has none: "%s"', (text) => {
    expect(content(toolCall(text))).toMatchObject([{ type: 'tool_use', input: {} }])
    expect(noticesOf(toolCall(text))).toEqual({ unary: [], stream: [] })
  })

  test('hosted traffic of another family is nothing', () => {
    expect(content({ type: 'native', family: 'openai', raw: { type: 'web_search_call' } })).toEqual([])
  })

  test('a citation with an address becomes a search result location', () => {
    const citation = { url: 'https://e.com', title: 'E', text: 'quoted' }
    expect(content({ type: 'text', text: 'cited', citations: [citation] })).toMatchObject([
      { citations: [{ type: 'web_search_result_location', url: 'https://e.com', cited_text: 'quoted' }] },
    ])
  })

  test('free text input becomes the one field of a function', () => {
    const block: Block = {
      type: 'tool-call',
      id: 'a',
      name: 'apply_patch',
      arguments: 'line "1"\n\\',
      form: 'text',
    }
    expect(content(block)).toMatchObject([{ input: { input: 'line "1"\n\\' } }])
    expect(content({ ...block, arguments: '' })).toMatchObject([{ input: { input: '' } }])
  })
})
