import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import OpenAI from 'openai'
import { messageArbitrary } from '../../../test/arbitraries/chat.ts'
import { GOLDEN_ANSWERS } from '../../../test/recordings/openai-chat.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect, type Choice, type Message } from '../../exchange/collect.ts'
import { explode } from '../../exchange/explode.fixture.ts'
import type { Block } from '../../exchange/content.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { Quirks } from '../../exchange/target.ts'
import { Failure } from '../../exchange/failure.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { parseJsonObject, readObject, readObjects, type JsonObject } from '../../kit/json.ts'
import { createSseFramer } from '../../kit/sse.ts'
import type { EncodeContext } from '../dialect.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: true }
const CONTEXT: EncodeContext = {
  request: REQUEST,
  requestId: 'req_01ABC',
  model: 'public-name',
  createdMs: 1_767_225_600_999,
  estimatedInputTokens: 0,
  notice() {},
}

function encode(events: readonly ChatEvent[], wantsUsage = true): string {
  const encoder = openaiChat.encodeResponse({ ...CONTEXT, request: { ...REQUEST, wantsUsage } })
  return events.map((event) => encoder.event(event)).join('')
}

function decode(stream: string, quirks: Quirks = {}): ChatEvent[] {
  const events: ChatEvent[] = []
  const decoder = openaiChat.decodeResponse({ request: REQUEST, quirks })
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(stream), (frame) =>
    decoder.frame(frame, (event) => void events.push(event)),
  )
  decoder.close((event) => void events.push(event))
  return events
}

function unary(message: Message): JsonObject {
  const encoder = openaiChat.encodeResponse(CONTEXT)
  return parseJsonObject(JSON.stringify(encoder.unary(message))) ?? {}
}

const dataOf = (stream: string): (JsonObject | undefined)[] =>
  stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => parseJsonObject(frame.slice('data: '.length)))

/** Lets the official SDK read a response. */
function client(body: string, type: string): OpenAI {
  const answer = (): Promise<Response> =>
    Promise.resolve(new Response(body, { headers: { 'content-type': type } }))
  return new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: answer })
}

const HELLO: readonly ChatEvent[] = [
  { type: 'start', responseId: 'upstream', extra: { openai: { system_fingerprint: 'fp', id: 'never' } } },
  { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text: '' } },
  { type: 'text-delta', choice: 0, index: 0, text: 'hi' },
  { type: 'block-end', choice: 0, index: 0 },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'usage', usage: { ...NO_USAGE, inputTokens: 3, outputTokens: 1 } },
  { type: 'end' },
]

describe('a stream', () => {
  test('is written byte for byte like this', () => {
    const head =
      '{"id":"chatcmpl-01ABC","object":"chat.completion.chunk","created":1767225600,"model":"public-name","system_fingerprint":"fp","choices":['
    const usage =
      '{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}'
    const delta = (fields: string, finish: string): string =>
      `data: ${head}{"index":0,"delta":${fields},"logprobs":null,"finish_reason":${finish}}],"usage":null}\n\n`
    expect(encode(HELLO)).toBe(
      [
        delta('{"role":"assistant","content":"","refusal":null}', 'null'),
        delta('{"content":"hi"}', 'null'),
        delta('{}', '"stop"'),
        `data: ${head}],"usage":${usage}}\n\n`,
        'data: [DONE]\n\n',
      ].join(''),
    )
  })

  test('says nothing of usage to a client that did not ask', () => {
    expect(encode(HELLO, false)).not.toContain('usage')
  })

  test('ends with an error and no [DONE] after a failure', () => {
    const failed: ChatEvent = { type: 'failure', failure: new Failure('stream-truncated') }
    const stream = encode([...HELLO.slice(0, 3), failed])
    expect(stream).not.toContain('[DONE]')
    const last = readObject(dataOf(stream).at(-1) ?? {}, 'error')
    expect(last).toMatchObject({
      type: 'server_error',
      code: 'stream_incomplete',
      origin: 'provider',
      request_id: 'req_01ABC',
    })
  })

  test('writes characters that JSON allows and SSE does not mind', () => {
    const text = 'a\u2028\u0085\n\ud800"'
    const events: ChatEvent[] = [
      { type: 'start' },
      { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text: '' } },
      { type: 'text-delta', choice: 0, index: 0, text },
    ]
    const frames = dataOf(encode(events))
    expect(readObject(readObjects(frames[1] ?? {}, 'choices')[0] ?? {}, 'delta')).toEqual({ content: text })
  })

  test('tells the role before anything else of a choice', () => {
    const [first] = dataOf(encode([{ type: 'logprobs', choice: 0, content: [{ token: 'a' }] }]))
    expect(readObject(readObjects(first ?? {}, 'choices')[0] ?? {}, 'delta')).toMatchObject({
      role: 'assistant',
    })
  })

  test('the heartbeat is a comment', () => {
    expect(openaiChat.encodeResponse(CONTEXT).heartbeat()).toBe(': hb\n\n')
  })

  test('a refusal by the provider without words of the model is a content filter with the explanation', () => {
    const events: ChatEvent[] = [
      { type: 'start' },
      { type: 'finish', choice: 0, reason: 'refusal', explanation: 'Not this.' },
      { type: 'end' },
    ]
    const [choice] = collect(decode(encode(events))).choices
    expect(choice).toMatchObject({
      blocks: [{ type: 'refusal', text: 'Not this.' }],
      finish: { reason: 'content-filter' },
    })
  })
})

/** The wire demands title and span of a citation. */
function withWholeCitations(choice: Choice): Choice {
  const blocks = choice.blocks.map((block) =>
    block.type === 'text' && block.citations !== undefined
      ? {
          ...block,
          citations: block.citations.map((citation) => ({
            start: 0,
            end: 0,
            title: citation.url ?? '',
            ...citation,
          })),
        }
      : block,
  )
  return { ...choice, blocks }
}

/** What this dialect keeps of a message: the response id is the exchange's own. */
const expressible = (message: Message): Message => ({
  ...message,
  responseId: 'chatcmpl-01ABC',
  model: 'public-name',
})

test('the proof of a call that comes behind its beginning is told in the member that its family knows', () => {
  const call: Block = { type: 'tool-call', id: 'c', name: 'f', arguments: '', form: 'json' }
  const signature = {
    family: 'openai',
    scheme: 'extra_content',
    value: '{"google":{"thought_signature":"S"}}',
  }
  const wire = encode([
    { type: 'start' },
    { type: 'block-start', choice: 0, index: 0, block: call },
    { type: 'signature', choice: 0, index: 0, signature },
  ])
  expect(wire).toContain(
    '{"tool_calls":[{"index":0,"function":{},"extra_content":{"google":{"thought_signature":"S"}}}]}',
  )
})

describe('a client that speaks of functions', () => {
  const request: ChatRequest = { ...REQUEST, legacyCalls: true }
  const signature = { family: 'other', scheme: 'proof', value: 'v' }
  const call = (id: string, signatures = {}): Block => ({
    type: 'tool-call',
    id,
    name: `f_${id}`,
    arguments: '{"a":1}',
    form: 'json',
    ...signatures,
  })
  const calls = (...blocks: Block[]): Message => ({
    usage: NO_USAGE,
    choices: [
      { index: 0, blocks, logprobs: [], finish: { type: 'finish', choice: 0, reason: 'tool-calls' } },
    ],
  })
  const stream = (message: Message): string => {
    const encoder = openaiChat.encodeResponse({ ...CONTEXT, request })
    return explode(message)
      .map((event) => encoder.event(event))
      .join('')
  }
  const old = { name: 'f_1', arguments: '{"a":1}' }

  test('gets a function_call and its finish in a unary answer', () => {
    const body = openaiChat.encodeResponse({ ...CONTEXT, request }).unary(calls(call('1', { signature })))
    expect(body['choices']).toMatchObject([
      { message: { content: null, function_call: old }, finish_reason: 'function_call' },
    ])
    expect(JSON.stringify(body)).not.toContain('tool_calls')
  })

  test('gets them in a stream, as the official SDK puts them together', async () => {
    const wire = stream(calls(call('1', { signature })))
    expect(wire).not.toContain('tool_calls')
    const told = client(wire, 'text/event-stream').chat.completions.stream({ model: 'm', messages: [] })
    const [choice] = (await told.finalChatCompletion()).choices
    expect(choice?.message.function_call).toMatchObject(old)
    expect(choice?.finish_reason).toBe('function_call')
  })

  test('gets the first call only: the field holds one', () => {
    const message = calls(call('1'), call('2'))
    expect(stream(message)).not.toContain('f_2')
    const body = openaiChat.encodeResponse({ ...CONTEXT, request }).unary(message)
    expect(body['choices']).toMatchObject([{ message: { function_call: old } }])
  })
})

describe('properties', () => {
  test('decoding an encoded stream gives the message back', () => {
    fc.assert(
      fc.property(messageArbitrary, (message) => {
        expect(collect(decode(encode(explode(message))))).toEqual(expressible(message))
      }),
    )
  })

  test('the unary answer says what the stream says', () => {
    fc.assert(
      fc.property(messageArbitrary, (message) => {
        const events: ChatEvent[] = []
        openaiChat
          .decodeResponse({ request: REQUEST, quirks: {} })
          .unary(unary(message), (event) => void events.push(event))
        expect(collect(events)).toEqual(expressible(message))
      }),
    )
  })
})

describe('golden answers', () => {
  for (const { name, stream, quirks } of GOLDEN_ANSWERS) {
    test(`survive being decoded, encoded and decoded again: ${name}`, () => {
      const first = collect(decode(stream, quirks))
      const again = collect(decode(encode(explode(first))))
      expect(again.choices).toEqual(first.choices.map(withWholeCitations))
      expect(again.usage).toEqual(first.usage)
    })

    test(`are legal for the official SDK as a stream: ${name}`, async () => {
      const message = collect(decode(stream, quirks))
      const openai = client(encode(explode(message)), 'text/event-stream')
      const final = await openai.chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion()
      const ours = unary(message)
      expect(readObjects(ours, 'choices').map((choice) => choice['finish_reason'])).toEqual(
        final.choices.map((choice) => choice.finish_reason),
      )
      expect(final.choices.map((choice) => choice.message.content ?? '')).toEqual(
        message.choices.map((choice) => textOf(choice.blocks)),
      )
      expect(
        final.choices.flatMap((choice) => choice.message.tool_calls ?? []).map((call) => call.id),
      ).toEqual(
        message.choices
          .flatMap((choice) => choice.blocks)
          .flatMap((block) => (block.type === 'tool-call' ? [block.id] : [])),
      )
      expect(final.usage?.total_tokens).toBe(18 + (name.includes('outside') ? 5 : 0))
    })
  }

  test('a unary answer is legal for the official SDK', async () => {
    const openai = client(JSON.stringify(unary(collect(HELLO))), 'application/json')
    const answer = await openai.chat.completions.create({ model: 'm', messages: [] })
    expect(answer.choices[0]?.message).toEqual({ role: 'assistant', content: 'hi', refusal: null })
    expect(answer.id).toBe('chatcmpl-01ABC')
  })

  test('a unary answer lacks content only where a client may send it back so', () => {
    const say = (block: Block): JsonObject => {
      const body = unary({ choices: [{ index: 0, blocks: [block], logprobs: [] }], usage: NO_USAGE })
      return readObject(readObjects(body, 'choices')[0] ?? {}, 'message') ?? {}
    }
    expect(say({ type: 'reasoning', text: 'hm', form: 'full' })).toMatchObject({ content: '' })
    expect(say({ type: 'text', text: '' })).toMatchObject({ content: '' })
    expect(say({ type: 'refusal', text: 'no' })).toMatchObject({ content: null, refusal: 'no' })
    const call = { type: 'tool-call', id: 'c1', name: 'f', arguments: '{}', form: 'json' } as const
    expect(say(call)).toMatchObject({ content: null, tool_calls: [{ id: 'c1' }] })
  })

  test('an error after the start is thrown by the official SDK', async () => {
    const failed: ChatEvent = { type: 'failure', failure: new Failure('idle-timeout') }
    const openai = client(encode([...HELLO.slice(0, 3), failed]), 'text/event-stream')
    const final = openai.chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion()
    expect(final).rejects.toThrow()
  })
})

/** A call's signature travels in a field of its own that only our request decoder reads. */
function withoutSignature(block: Block): Block {
  if (block.type !== 'tool-call') return block
  const { signature: _signature, ...call } = block
  return call
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

describe('what only some answers have', () => {
  const signature = { family: 'elsewhere', scheme: 'signature', value: 'sig' }
  const message: Message = {
    choices: [
      {
        index: 0,
        blocks: [
          { type: 'reasoning', text: 'hm', form: 'full', signature },
          { type: 'reasoning', text: '', form: 'hidden', signature: { ...signature, scheme: 'redacted' } },
          {
            type: 'text',
            text: 'See.',
            citations: [{ url: 'https://a', title: 'A', start: 0, end: 3 }, { text: 'no url' }],
          },
          { type: 'tool-call', id: 'p', name: 'patch', arguments: '*** Begin', form: 'text', signature },
        ],
        logprobs: [{ token: 'S' }],
        finish: { type: 'finish', choice: 0, reason: 'tool-calls' },
      },
    ],
    usage: NO_USAGE,
  }

  test('is the same in the stream and in the unary answer, and comes back as it was', () => {
    const streamed = collect(decode(encode(explode(message)))).choices
    const events: ChatEvent[] = []
    openaiChat
      .decodeResponse({ request: REQUEST, quirks: {} })
      .unary(unary(message), (event) => void events.push(event))
    const [choice] = message.choices
    const blocks = choice?.blocks.map((block) =>
      block.type === 'text' ? { ...block, citations: block.citations?.slice(0, 1) } : withoutSignature(block),
    )
    expect(streamed[0]).toMatchObject({ blocks, logprobs: [{ token: 'S' }] })
    expect(collect(events).choices[0]).toMatchObject({ blocks, logprobs: [{ token: 'S' }] })
  })

  test('a client that echoes the message brings foreign signatures back', () => {
    const read = readObject(readObjects(unary(message), 'choices')[0] ?? {}, 'message') ?? {}
    const { request } = openaiChat.decodeRequest({ model: 'm', messages: [read] })
    if (request.operation !== 'chat') throw new Error('not a chat')
    const blocks = request.turns[0]?.blocks ?? []
    expect(blocks.flatMap((block) => ('signature' in block ? [block.signature] : []))).toEqual([
      signature,
      { ...signature, scheme: 'redacted' },
      signature,
    ])
  })
})
