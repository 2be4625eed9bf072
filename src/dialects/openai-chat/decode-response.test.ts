import { describe, expect, test } from 'bun:test'
import { GOLDEN_ANSWERS, toStream } from '../../../test/recordings/openai-chat.ts'
import { collect } from '../../exchange/collect.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Signature } from '../../exchange/content.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { Quirks } from '../../exchange/target.ts'
import { parseJsonExactly, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createSseFramer } from '../../kit/sse.ts'
import { toWireToolName } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { TOOL_RULES } from './vocabulary.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: true }

interface Wire {
  readonly quirks?: Quirks
  readonly request?: ChatRequest
  /** Cuts the bytes at this offset. */
  readonly cutAt?: number
}

function decode(stream: string, { quirks = {}, request = REQUEST, cutAt }: Wire = {}): ChatEvent[] {
  const events: ChatEvent[] = []
  const sink = (event: ChatEvent): void => void events.push(event)
  const decoder = openaiChat.decodeResponse({ request, quirks })
  const framer = createSseFramer()
  const bytes = new TextEncoder().encode(stream)
  const parts = cutAt === undefined ? [bytes] : [bytes.subarray(0, cutAt), bytes.subarray(cutAt)]
  for (const part of parts) framer.push(part, (frame) => decoder.frame(frame, sink))
  framer.flush((frame) => decoder.frame(frame, sink))
  decoder.close(sink)
  expect(decoder.done).toBe(true)
  return events
}

function decodeBody(body: JsonObject, quirks: Quirks = {}, request: ChatRequest = REQUEST): ChatEvent[] {
  const events: ChatEvent[] = []
  const decoder = openaiChat.decodeResponse({ request, quirks })
  decoder.unary(body, (event) => void events.push(event))
  expect(decoder.done).toBe(true)
  return events
}

/** Checks the grammar of events: blocks open before they are written to, close once, and nothing follows the end. */
function checkGrammar(events: readonly ChatEvent[]): void {
  const open = new Set<string>()
  const counts = new Map<number, number>()
  expect(events[0]?.type).toBe('start')
  expect(events.filter((event) => event.type === 'start')).toHaveLength(1)
  expect(events.findIndex((event) => event.type === 'end' || event.type === 'failure')).toBe(
    events.length - 1,
  )
  for (const event of events) {
    if (!('choice' in event)) continue
    if (event.type === 'finish') {
      expect([...open].filter((key) => key.startsWith(`${event.choice}/`))).toEqual([])
    } else if (event.type === 'block-start') {
      expect(event.index).toBe(counts.get(event.choice) ?? 0)
      counts.set(event.choice, event.index + 1)
      open.add(`${event.choice}/${event.index}`)
    } else if (event.type !== 'logprobs') {
      expect(open.has(`${event.choice}/${event.index}`)).toBe(true)
      if (event.type === 'block-end') open.delete(`${event.choice}/${event.index}`)
    }
  }
}

const failureOf = (events: readonly ChatEvent[]): string | undefined => {
  const last = events.at(-1)
  return last?.type === 'failure' ? last.failure.code : undefined
}

const chunk = (fields: JsonObject, finish: string | null = null): JsonObject => ({
  id: 'x',
  model: 'm',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
})

describe('golden answers', () => {
  for (const { name, stream, body, quirks } of GOLDEN_ANSWERS) {
    test(`the stream obeys the grammar: ${name}`, () => {
      checkGrammar(decode(stream, { quirks }))
    })

    test(`the stream folds to what the unary answer says: ${name}`, () => {
      const unary = decodeBody(body, quirks)
      checkGrammar(unary)
      expect(collect(decode(stream, { quirks }))).toEqual(collect(unary))
    })

    test(`the stream says the same wherever the bytes are cut: ${name}`, () => {
      const reference = JSON.stringify(decode(stream, { quirks }))
      const length = new TextEncoder().encode(stream).length
      for (let cutAt = 0; cutAt <= length; cutAt += 1) {
        if (JSON.stringify(decode(stream, { quirks, cutAt })) !== reference) {
          throw new Error(`other events when cut at byte ${cutAt}`)
        }
      }
    })
  }

  test('read as messages, for the record', () => {
    const messages = GOLDEN_ANSWERS.map(({ name, stream, quirks }) => ({
      name,
      message: collect(decode(stream, { quirks })),
    }))
    expect(messages).toMatchSnapshot()
  })
})

const GOOGLE_SIGNATURE: Signature = {
  family: 'openai',
  scheme: 'extra_content',
  value: '{"google":{"thought_signature":"S1"}}',
}

test('text that a server writes as a number is text, with its digits', () => {
  const stream = toStream([
    chunk({ content: 'It is ' }),
    chunk({ content: 42 }),
    chunk({ content: parseJsonExactly('12345678901234567890') }),
    chunk({ reasoning_content: 7 }, 'stop'),
  ])
  expect(collect(decode(stream)).choices[0]?.blocks).toMatchObject([
    { type: 'text', text: 'It is 4212345678901234567890' },
    { type: 'reasoning', text: '7' },
  ])
})

describe('calls', () => {
  test('of a tool that was renamed on the way up come back under its own name', () => {
    const request: ChatRequest = {
      ...REQUEST,
      tools: [
        { type: 'function', name: 'files.read' },
        { type: 'text', name: 'x'.repeat(80) },
      ],
    }
    const quirks: Quirks = { textTools: false }
    const wireName = (name: string): string => toWireToolName(name, toolWireOf(quirks, TOOL_RULES))
    const calls = [
      { index: 0, id: 'a', function: { name: wireName('files.read'), arguments: '{"a":1}' } },
      { index: 1, id: 'b', function: { name: wireName('x'.repeat(80)), arguments: '{"input":"text"}' } },
    ]
    const expected = [
      { name: 'files.read', arguments: '{"a":1}', form: 'json' },
      { name: 'x'.repeat(80), arguments: 'text', form: 'text' },
    ]
    const streamed = decode(toStream([chunk({ tool_calls: calls }, 'tool_calls')]), { quirks, request })
    expect(collect(streamed).choices[0]?.blocks).toMatchObject(expected)
    const message = { role: 'assistant', tool_calls: calls }
    const body = { id: 'x', model: 'm', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] }
    expect(collect(decodeBody(body, quirks, request)).choices[0]?.blocks).toMatchObject(expected)
  })

  test('a whole call in one chunk keeps all its arguments', () => {
    const call = { index: 0, id: 'c', function: { name: 'add', arguments: '{"a":17,"b":25}' } }
    const [choice] = collect(decode(toStream([chunk({ tool_calls: [call] }, 'tool_calls')]))).choices
    expect(choice?.blocks).toEqual([
      { type: 'tool-call', id: 'c', name: 'add', arguments: '{"a":17,"b":25}', form: 'json' },
    ])
  })

  test('an empty list of calls is no call', () => {
    const events = decode(toStream([chunk({ content: 'hi', tool_calls: [] }), chunk({}, 'stop')]))
    expect(events.filter((event) => event.type === 'block-start')).toHaveLength(1)
    expect(events.find((event) => event.type === 'finish')?.reason).toBe('stop')
  })

  test('interleaved calls are passed on as they come, not held until the end', () => {
    const decoder = openaiChat.decodeResponse({ request: REQUEST, quirks: {} })
    const framer = createSseFramer()
    const seen: ChatEvent[] = []
    const feed = (fields: JsonObject): void =>
      framer.push(new TextEncoder().encode(`data: ${JSON.stringify(chunk(fields))}\n\n`), (frame) =>
        decoder.frame(frame, (event) => void seen.push(event)),
      )
    feed({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '' } }] })
    for (const piece of ['{"x', '":1', '}']) {
      feed({ tool_calls: [{ index: 0, function: { arguments: piece } }] })
      expect(seen.at(-1)).toMatchObject({ type: 'arguments-delta', text: piece })
    }
  })

  test('a call without an id gets one that is the same every time and differs between calls', () => {
    const stream = toStream([
      chunk({
        tool_calls: [
          { index: 0, function: { name: 'f', arguments: '{}' } },
          { index: 1, function: { name: 'g', arguments: '{}' } },
        ],
      }),
      chunk({}, 'tool_calls'),
    ])
    const ids = collect(decode(stream)).choices[0]?.blocks.map((block) =>
      block.type === 'tool-call' ? block.id : '',
    )
    expect(new Set(ids).size).toBe(2)
    expect(ids?.every((id) => /^call_[0-9a-f]{24}$/.test(id))).toBe(true)
    expect(decode(stream)).toEqual(decode(stream))
  })

  test('a reason of calls without any call is a stop', () => {
    const events = decode(toStream([chunk({ content: '{}' }), chunk({}, 'tool_calls')]))
    expect(events.find((event) => event.type === 'finish')?.reason).toBe('stop')
  })

  test('a free-text tool that was told as a function comes back as free text, piece by piece', () => {
    const request: ChatRequest = { ...REQUEST, tools: [{ type: 'text', name: 'apply_patch' }] }
    const quirks: Quirks = { textTools: false }
    const stream = toStream([
      chunk({
        tool_calls: [{ index: 0, id: 'p', function: { name: 'apply_patch', arguments: '{"input":"*** Be' } }],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: 'gin\\n"}' } }] }, 'tool_calls'),
    ])
    const events = decode(stream, { request, quirks })
    expect(collect(events).choices[0]?.blocks).toEqual([
      { type: 'tool-call', id: 'p', name: 'apply_patch', arguments: '*** Begin\n', form: 'text' },
    ])
    // As it streams in, not when it is complete.
    const told = events.filter((event) => event.type === 'arguments-delta').map(({ text }) => text)
    expect(told).toEqual(['*** Be', 'gin\n'])
  })

  test('unknown fields of a call are kept for the family, the proof that its provider wants back is its signature', () => {
    const google = { google: { thought_signature: 'S1' } }
    const call = {
      index: 0,
      id: 'c',
      function: { name: 'f', arguments: '{}' },
      extra_content: google,
      kin: 1,
    }
    const [block] =
      collect(decode(toStream([chunk({ tool_calls: [call] }, 'tool_calls')]))).choices[0]?.blocks ?? []
    expect(block).toMatchObject({ signature: GOOGLE_SIGNATURE, extra: { openai: { kin: 1 } } })
  })

  test('a proof that comes in a piece of its own belongs to the call before it', () => {
    const google = { google: { thought_signature: 'S1' } }
    const stream = toStream([
      chunk({ tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{}' } }] }),
      chunk({ tool_calls: [{ extra_content: google }] }, 'tool_calls'),
    ])
    expect(collect(decode(stream)).choices[0]?.blocks).toMatchObject([
      { id: 'c', arguments: '{}', signature: GOOGLE_SIGNATURE },
    ])
  })

  test('arguments in pieces stay one call, whatever they look like on the way', () => {
    const pieces = ['{"a":', '{"b":1}', ',"c":', '{', '}', '}']
    const stream = toStream([
      chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '' } }] }),
      ...pieces.map((text) =>
        chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: text } }] }),
      ),
    ])
    expect(collect(decode(stream)).choices[0]?.blocks).toEqual([
      { type: 'tool-call', id: 'c', name: 'f', arguments: pieces.join(''), form: 'json' },
    ])
  })

  test('the deprecated function_call is a call', () => {
    const stream = toStream([
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"a":1}' } }, 'function_call'),
    ])
    const [choice] = collect(decode(stream)).choices
    expect(choice?.blocks[0]).toMatchObject({ type: 'tool-call', name: 'f', arguments: '{"a":1}' })
    expect(choice?.finish?.reason).toBe('tool-calls')
  })
})

test('sources that a search engine lists are citations, and the lists themselves stay for clients that read them', () => {
  const lists = { citations: ['https://a.b'], search_results: [{ url: 'https://a.b', title: 'A' }] }
  for (const events of [
    decode(toStream([{ ...chunk({ content: 'a' }), ...lists }, chunk({}, 'stop')])),
    decodeBody({ ...lists, choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] }),
  ]) {
    const { choices, extra } = collect(events)
    expect(choices[0]?.blocks).toEqual([
      { type: 'text', text: 'a', citations: [{ url: 'https://a.b', title: 'A' }] },
    ])
    expect(extra).toEqual({ openai: lists })
    const encoder = openaiChat.encodeResponse({
      request: REQUEST,
      requestId: 'req_1',
      model: 'm',
      createdMs: 0,
      estimatedInputTokens: 0,
      notice() {},
    })
    expect(encoder.unary(collect(events))).toMatchObject(lists)
  }
})

describe('finish', () => {
  test('is told once, at the end, whatever the chunks before it claim', () => {
    const events = decode(toStream([chunk({ content: 'a' }, 'stop'), chunk({ content: 'b' }, 'stop')]))
    expect(events.filter((event) => event.type === 'finish')).toHaveLength(1)
    expect(collect(events).choices[0]?.blocks).toEqual([{ type: 'text', text: 'ab' }])
  })

  test.each([
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['model_length', 'context-length'],
    ['eos', 'stop'],
    ['constructor', 'stop'],
  ])('%s reads as %s', (word, reason) => {
    const events = decode(toStream([chunk({ content: 'a' }), chunk({}, word)]))
    expect(String(events.find((event) => event.type === 'finish')?.reason)).toBe(reason)
  })

  test('a matched stop sequence is told where the server names it', () => {
    const last = {
      ...chunk({}),
      choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 'END' }],
    }
    const events = decode(toStream([chunk({ content: 'a' }), last]))
    expect(events.find((event) => event.type === 'finish')).toMatchObject({
      reason: 'stop-sequence',
      stopSequence: 'END',
    })
  })

  test('a legitimate stop without content is an answer', () => {
    expect(
      failureOf(decode(toStream([chunk({ role: 'assistant', content: '' }), chunk({}, 'stop')]))),
    ).toBeUndefined()
  })
})

describe('the end of a stream', () => {
  const stream = toStream([chunk({ content: 'hi' }), chunk({}, 'stop')])

  test('is complete without [DONE] when every choice has finished', () => {
    expect(decode(stream.replace('data: [DONE]\n\n', '')).at(-1)?.type).toBe('end')
  })

  test('is complete with [DONE] when the server never names a finish', () => {
    const events = decode(toStream([chunk({ content: 'hi' })]))
    expect(events.find((event) => event.type === 'finish')?.reason).toBe('stop')
    expect(events.at(-1)?.type).toBe('end')
  })

  test('is a failure when the provider breaks off, with no finish and no end', () => {
    const events = decode(`data: ${JSON.stringify(chunk({ content: 'hi' }))}\n\n`)
    expect(failureOf(events)).toBe('stream-truncated')
    expect(events.some((event) => event.type === 'finish' || event.type === 'end')).toBe(false)
  })

  test('is a failure when one of two choices has not finished', () => {
    const other = { id: 'x', choices: [{ index: 1, delta: { content: 'b' }, finish_reason: null }] }
    const events = decode(toStream([chunk({ content: 'a' }, 'stop'), other]).replace('data: [DONE]\n\n', ''))
    expect(failureOf(events)).toBe('stream-truncated')
  })

  test('is an empty response when nothing was said', () => {
    expect(failureOf(decode('data: [DONE]\n\n'))).toBe('empty-response')
    expect(failureOf(decode(''))).toBe('empty-response')
    expect(failureOf(decode(': ping\n\n'))).toBe('empty-response')
    expect(failureOf(decode(toStream([chunk({ role: 'assistant', content: '' })])))).toBe('empty-response')
  })

  test('tells known usage before a failure, because it was charged', () => {
    const usage = { prompt_tokens: 5, completion_tokens: 1 }
    const events = decode(`data: ${JSON.stringify({ ...chunk({ content: 'hi' }), usage })}\n\n`)
    expect(events.at(-2)).toMatchObject({ type: 'usage', usage: { inputTokens: 5, outputTokens: 1 } })
  })
})

describe('errors inside a success', () => {
  test.each([
    [{ error: { message: 'The server had an error', type: 'server_error', code: null } }, 'error-in-success'],
    [{ error: 'boom' }, 'error-in-success'],
    [{ error: { code: 429, message: 'Rate limit exceeded' } }, 'provider-rate-limited'],
    [
      {
        error: { code: 502, message: 'Provider returned error' },
        choices: [{ delta: {}, finish_reason: 'error' }],
      },
      'provider-error',
    ],
    [{ error: { code: 'context_length_exceeded', message: 'too long' } }, 'context-overflow'],
    [{ error: { message: 'prompt is too long: 2 tokens > 1 maximum' } }, 'context-overflow'],
    [{ base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }, 'provider-quota'],
    [{ object: 'error', message: 'oops', code: 50001 }, 'error-in-success'],
    [
      { choices: [{ index: 0, error: { code: 503, message: 'gone' }, finish_reason: 'error' }] },
      'provider-overloaded',
    ],
    [{ choices: [{ index: 0, delta: {}, finish_reason: 'error' }] }, 'error-in-success'],
  ])('%j in a stream and in a body is a failure', (error, code) => {
    expect(String(failureOf(decode(toStream([error]))))).toBe(code)
    expect(String(failureOf(decodeBody(error)))).toBe(code)
    expect(String(failureOf(decode(toStream([chunk({ content: 'hi' }), error]))))).toBe(code)
  })

  test('a named error event is a failure', () => {
    expect(failureOf(decode('event: error\ndata: {"message":"overloaded"}\n\n'))).toBe('provider-overloaded')
  })

  test('an error wrapped in an array is a failure', () => {
    expect(failureOf(decode('data: [{"error":{"code":503,"message":"unavailable"}}]\n\n'))).toBe(
      'provider-overloaded',
    )
  })

  test('a body that is no answer is malformed, one without choices is empty', () => {
    expect(failureOf(decodeBody({ 'html-message': 'Network connection lost.' }))).toBe('malformed-response')
    expect(failureOf(decodeBody({ id: 'x', choices: null }))).toBe('malformed-response')
    expect(failureOf(decodeBody({ id: 'x', choices: [] }))).toBe('empty-response')
  })
})

describe('broken frames', () => {
  const good = (text: string): string => `data: ${JSON.stringify(chunk({ content: text }))}\n\n`
  const rest = toStream([chunk({}, 'stop')])

  test('before any content the response is malformed', () => {
    expect(failureOf(decode('data: <html>\n\n'))).toBe('malformed-response')
  })

  test('a lone one in the middle of text is skipped', () => {
    const events = decode(`${good('a')}data: {"choi\n\n${good('b')}${rest}`)
    expect(collect(events).choices[0]?.blocks).toEqual([{ type: 'text', text: 'ab' }])
    expect(events.at(-1)?.type).toBe('end')
  })

  test('a second one ends the response', () => {
    expect(failureOf(decode(`${good('a')}data: {"choi\n\ndata: nope\n\n${rest}`))).toBe('malformed-response')
  })

  test('one inside a call ends the response at once, one behind the finish is skipped', () => {
    const call = chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{' } }] })
    const begun = `data: ${JSON.stringify(call)}\n\n`
    expect(failureOf(decode(`${begun}data: {"choi\n\n${rest}`))).toBe('malformed-response')
    const finish = `data: ${JSON.stringify(chunk({}, 'tool_calls'))}\n\n`
    expect(decode(`${begun}${finish}data: {"usa\n\ndata: [DONE]\n\n`).at(-1)?.type).toBe('end')
  })

  test('more blocks than the house takes are too large', () => {
    const images = Array.from({ length: LIMITS.blocks + 1 }, () => ({
      image_url: { url: 'https://x/a.png' },
    }))
    expect(failureOf(decode(toStream([chunk({ images })])))).toBe('response-too-large')
  })
})

describe('oddities', () => {
  test('nonsense of every kind never throws', () => {
    const nonsense = [
      'null',
      '1',
      '"x"',
      '[]',
      '{}',
      '{"choices":5}',
      '{"choices":[null,1]}',
      '{"choices":[{"delta":5}]}',
      '{"choices":[{"index":-1,"delta":{"content":"x"}}]}',
      '{"choices":[{"delta":{"tool_calls":[{}]}}]}',
      '{"choices":[{"delta":{"tool_calls":{"a":1},"content":{"a":1}}}]}',
      '{"usage":"x","choices":[]}',
      '{"__proto__":{"polluted":true},"choices":[{"delta":{"content":"x","__proto__":{"a":1}}}]}',
    ]
    for (const data of nonsense) {
      expect(decode(`data: ${data}\n\ndata: [DONE]\n\n`).at(-1)?.type).toBeOneOf(['end', 'failure'])
    }
    expect('polluted' in {}).toBe(false)
  })

  test('text and reasoning under two names of the same delta are told once', () => {
    const stream = toStream([
      chunk({ reasoning: 'hm', reasoning_content: 'hm' }),
      chunk({ content: 'a' }, 'stop'),
    ])
    expect(collect(decode(stream)).choices[0]?.blocks).toEqual([
      { type: 'reasoning', text: 'hm', form: 'full' },
      { type: 'text', text: 'a' },
    ])
  })

  test('a field of its own for reasoning is read when it is declared', () => {
    const stream = toStream([chunk({ thought: 'hm' }), chunk({ content: 'a' }, 'stop')])
    const blocks = collect(decode(stream, { quirks: { reasoningField: 'thought' } })).choices[0]?.blocks
    expect(blocks?.[0]).toEqual({ type: 'reasoning', text: 'hm', form: 'full' })
  })

  test('thought, call, thought, text become four blocks in order', () => {
    const stream = toStream([
      chunk({ reasoning_content: 'a' }),
      chunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'f', arguments: '{}' } }] }),
      chunk({ reasoning_content: 'b' }),
      chunk({ content: 'c' }),
      chunk({}, 'tool_calls'),
    ])
    const events = decode(stream)
    checkGrammar(events)
    expect(collect(events).choices[0]?.blocks.map((block) => block.type)).toEqual([
      'reasoning',
      'tool-call',
      'reasoning',
      'text',
    ])
  })

  test('spoken answers keep their pieces', () => {
    const stream = toStream([
      chunk({ audio: { id: 'audio_1' } }),
      chunk({ audio: { data: 'AAAA', transcript: 'he' } }),
      chunk({ audio: { transcript: 'llo' } }, 'stop'),
    ])
    const [block] = collect(decode(stream)).choices[0]?.blocks ?? []
    expect(block).toMatchObject({ type: 'native', family: 'openai' })
  })

  test('log probabilities are passed on', () => {
    const held = {
      id: 'x',
      choices: [
        { index: 0, delta: { content: 'a' }, logprobs: { content: [{ token: 'a' }] }, finish_reason: 'stop' },
      ],
    }
    expect(collect(decode(toStream([held]))).choices[0]?.logprobs).toEqual([{ token: 'a' }])
  })

  test.each([
    ['beside the error', { error: { message: 'boom' }, usage: { prompt_tokens: 9, completion_tokens: 4 } }],
    ['inside the error', { error: { message: 'boom', usage: { prompt_tokens: 9, completion_tokens: 4 } } }],
  ])('what an error says that was used is kept, whole and streamed: %s', (_where, body) => {
    const failed = { type: 'failure', failure: { details: { usage: { inputTokens: 9, outputTokens: 4 } } } }
    expect(decodeBody(body).at(-1)).toMatchObject(failed)
    expect(decode(toStream([chunk({ content: 'a' }), body])).at(-1)).toMatchObject(failed)
  })

  test('a body that is no answer is charged with what it says it used', () => {
    expect(decodeBody({ usage: { prompt_tokens: 9, completion_tokens: 4 } })).toMatchObject([
      { type: 'usage', usage: { inputTokens: 9, outputTokens: 4 } },
      { type: 'failure', failure: { code: 'malformed-response' } },
    ])
  })
})
