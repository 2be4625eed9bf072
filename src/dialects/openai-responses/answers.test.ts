import { describe, expect, test } from 'bun:test'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import { collect } from '../../exchange/collect.ts'
import { Failure } from '../../exchange/failure.ts'
import { isChatEvent } from '../../exchange/is-chat-event.fixture.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { createSseFramer, sseEvent, type SseFrame } from '../../kit/sse.ts'
import { unwrapSignature } from '../carried-signature.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiResponses } from './openai-responses.ts'

const chat = speakChat(openaiResponses)
const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: true }
const usage = { ...NO_USAGE, inputTokens: 5, cacheReadTokens: 3, outputTokens: 2 }

function writer(request: Partial<ChatRequest> = {}) {
  const notices: string[] = []
  const encoder = chat.encodeResponse({
    request: { ...REQUEST, ...request },
    requestId: 'req_7',
    model: 'm',
    createdMs: 2_000,
    estimatedInputTokens: 1,
    notice: (code) => void notices.push(code),
  })
  return { encoder, notices }
}

/** The events of a stream by name, each with its members. */
function events(wire: string): readonly (readonly [string, JsonObject])[] {
  return wire
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => {
      const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(frame) ?? []
      return [name, parseJsonObject(data) ?? {}] as const
    })
}

const text = (index: number, said: string): ChatEvent => ({
  type: 'text-delta',
  choice: 0,
  index,
  text: said,
})
const start = (index: number, block: Extract<ChatEvent, { type: 'block-start' }>['block']): ChatEvent => ({
  type: 'block-start',
  choice: 0,
  index,
  block,
})
const end = (index: number): ChatEvent => ({ type: 'block-end', choice: 0, index })
const CALL = { type: 'tool-call', id: 'c1', name: 'f', arguments: '', form: 'json' } as const
const LAST: readonly ChatEvent[] = [
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'usage', usage, isFinal: true },
  { type: 'end' },
]

describe('an answer that is written', () => {
  test('climbs the whole ladder, numbered from 0, with one id for each item', () => {
    const { encoder } = writer()
    const said: ChatEvent[] = [
      { type: 'start' },
      start(0, { type: 'reasoning', text: '', form: 'full' }),
      { type: 'reasoning-delta', choice: 0, index: 0, text: 'Hm.' },
      end(0),
      start(1, { type: 'text', text: '' }),
      text(1, 'Hi'),
      end(1),
      start(2, CALL),
      { type: 'arguments-delta', choice: 0, index: 2, text: '{}' },
      end(2),
      ...LAST,
    ]
    const told = events(said.map((event) => encoder.event(event)).join(''))
    expect(told.map(([name]) => name.replace('response.', ''))).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ])
    expect(told.map(([, { sequence_number }]) => sequence_number)).toEqual(told.map((_event, index) => index))
    const response = readObject(told.at(-1)?.[1] ?? {}, 'response') ?? {}
    expect(readObjects(response, 'output').map(({ id }) => id)).toEqual(['rs_7_0', 'msg_7_1', 'fc_7_2'])
    expect(response).toMatchObject({
      id: 'resp_7',
      created_at: 2,
      status: 'completed',
      usage: {
        input_tokens: 8,
        input_tokens_details: { cached_tokens: 3 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 10,
      },
    })
    expect(writer().encoder.unary(collect(said))).toEqual(response)
  })

  test('holds several calls that are written at the same time apart', () => {
    const { encoder } = writer()
    const said: ChatEvent[] = [
      start(0, CALL),
      start(1, { ...CALL, id: 'c2', form: 'text' }),
      { type: 'arguments-delta', choice: 0, index: 1, text: 'ls' },
      { type: 'arguments-delta', choice: 0, index: 0, text: '{"a":1}' },
      end(1),
      end(0),
      ...LAST,
    ]
    const told = events(said.map((event) => encoder.event(event)).join(''))
    const response = readObject(told.at(-1)?.[1] ?? {}, 'response') ?? {}
    expect(response['output']).toMatchObject([
      { type: 'function_call', call_id: 'c1', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'c2', input: 'ls' },
    ])
  })

  test('names a tool of a namespace by both its names, and carries the proof of a call', () => {
    const extra = { 'openai-responses': { namespace: { namespace: { name: 'crm' }, name: 'look' } } }
    const { encoder } = writer({ tools: [{ type: 'function', name: 'crm__look', extra }] })
    const signature = { family: 'other', scheme: 's', value: 'v' }
    const call = { ...CALL, name: 'crm__look', arguments: '{}', signature }
    const { output } = encoder.unary(collect([start(0, call), end(0), ...LAST]))
    const [thought = {}, item] = readObjects({ output }, 'output')
    expect(item).toMatchObject({ name: 'look', namespace: 'crm' })
    expect(unwrapSignature(readString(thought, 'encrypted_content') ?? '')).toEqual({
      signature,
      callId: 'c1',
    })
  })

  test.each([
    ['length', undefined, 'incomplete', 'max_output_tokens'],
    ['content-filter', undefined, 'incomplete', 'content_filter'],
    ['refusal', undefined, 'incomplete', 'content_filter'],
    ['refusal', 'I must not.', 'completed', undefined],
    ['tool-calls', undefined, 'completed', undefined],
  ] as const)('ends by %s with %p as %s', (reason, explanation, status, why) => {
    const { encoder } = writer()
    const finish = {
      type: 'finish',
      choice: 0,
      reason,
      ...(explanation === undefined ? {} : { explanation }),
    } as const
    const response = encoder.unary(collect([finish, { type: 'usage', usage }, { type: 'end' }]))
    expect(response).toMatchObject({ status, incomplete_details: why === undefined ? null : { reason: why } })
    expect(JSON.stringify(response['output'])).toContain(explanation ?? '[')
  })

  test('that fails says so twice, and nothing behind it', () => {
    const { encoder } = writer()
    const begun = encoder.event(start(0, { type: 'text', text: 'Hi' }))
    const told = events(
      begun + encoder.event({ type: 'failure', failure: new Failure('provider-overloaded') }),
    )
    expect(told.slice(-2).map(([name]) => name)).toEqual(['error', 'response.failed'])
    expect(told.at(-1)?.[1]).toMatchObject({
      response: { id: 'resp_7', error: { code: 'server_is_overloaded' } },
    })
    expect(encoder.event({ type: 'end' })).toBe('')
  })

  test('leaves out what it cannot hold, with a notice', () => {
    const { encoder, notices } = writer()
    const other = { type: 'native', family: 'other', raw: {} } as const
    const video = { type: 'media', kind: 'video', source: { from: 'url', url: 'https://x.example' } } as const
    const { output } = encoder.unary(collect([start(0, other), end(0), start(1, video), end(1), ...LAST]))
    expect(output).toEqual([])
    expect(notices).toEqual(['native.dropped', 'media.dropped'])
  })
})

/** A provider's stream, of items whose ids change on the way. */
const STREAM = [
  ['created', { response: { id: 'resp_x', model: 'm2' } }],
  ['output_item.added', { output_index: 0, item: { type: 'message', id: 'a' } }],
  ['output_text.delta', { output_index: 0, item_id: 'b', content_index: 0, delta: 'Hi ' }],
  ['output_text.delta', { output_index: 0, item_id: 'c', content_index: 0, delta: 'there' }],
  ['output_text.done', { output_index: 0, item_id: 'd', content_index: 0, text: 'Hi there' }],
  [
    'output_item.done',
    {
      output_index: 0,
      item: { type: 'message', id: 'e', content: [{ type: 'output_text', text: 'Hi there' }] },
    },
  ],
  ['output_item.added', { output_index: 1, item: { type: 'function_call', call_id: 'c', name: 'f' } }],
  ['function_call_arguments.delta', { output_index: 1, delta: '{"a":1.0}' }],
  [
    'output_item.done',
    { output_index: 1, item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a":1.0}' } },
  ],
  [
    'completed',
    {
      response: {
        id: 'resp_x',
        status: 'completed',
        usage: { input_tokens: 4, output_tokens: 6, output_tokens_details: { reasoning_tokens: 2 } },
      },
    },
  ],
] as const
const wireOf = (stream: readonly (readonly [string, JsonObject])[]): string =>
  stream
    .map(([name, members]) =>
      sseEvent(`response.${name}`, JSON.stringify({ type: `response.${name}`, ...members })),
    )
    .join('')

function each(wire: string, onFrame: (frame: SseFrame) => void): void {
  const framer = createSseFramer()
  framer.push(new TextEncoder().encode(wire), onFrame)
  framer.flush(onFrame)
}

describe('an answer that is read', () => {
  test('says what its items say, whatever their ids', () => {
    const decoder = chat.decodeResponse({ request: REQUEST, quirks: {} })
    const said: ChatEvent[] = []
    each(wireOf(STREAM), (frame) =>
      decoder.frame(frame, (event) => void (isChatEvent(event) && said.push(event))),
    )
    const { choices, usage: counted, model } = collect(said)
    expect(model).toBe('m2')
    expect(choices).toMatchObject([
      {
        blocks: [
          { type: 'text', text: 'Hi there' },
          { type: 'tool-call', name: 'f', arguments: '{"a":1.0}' },
        ],
        finish: { reason: 'tool-calls' },
      },
    ])
    expect(counted).toMatchObject({ inputTokens: 4, outputTokens: 4, reasoningTokens: 2 })
  })

  test('counts reasoning beside the output where the provider is known to', () => {
    const decoder = chat.decodeResponse({ request: REQUEST, quirks: { reasoningTokens: 'outside' } })
    const said: ChatEvent[] = []
    each(wireOf(STREAM), (frame) =>
      decoder.frame(frame, (event) => void (isChatEvent(event) && said.push(event))),
    )
    expect(collect(said).usage).toMatchObject({ outputTokens: 6, reasoningTokens: 2 })
  })

  test('breaks off where no end came, and is a failure where it says so', () => {
    const said: string[] = []
    const decoder = chat.decodeResponse({ request: REQUEST, quirks: {} })
    const sink = (event: { readonly type: string }): void => void said.push(event.type)
    each(wireOf(STREAM.slice(0, 4)), (frame) => decoder.frame(frame, sink))
    decoder.close(sink)
    expect(said.at(-1)).toBe('failure')
  })

  test('passes the tap unread behind its first piece, and what it says twice counts for nothing', () => {
    const tap = chat.tapResponse({ request: REQUEST, quirks: {} })
    const said: ChatEvent[] = []
    let shown = ''
    each(wireOf(STREAM), (frame) => {
      if (tap.frame(frame, (event) => void (isChatEvent(event) && said.push(event))) === 'show')
        shown += new TextDecoder().decode(frame.bytes)
    })
    expect(shown).toBe(wireOf(STREAM))
    expect(said.map(({ type }) => type)).toEqual([
      'start',
      'block-start',
      'text-delta',
      'passed',
      'passed',
      'passed',
      'passed',
      'finish',
      'usage',
      'end',
    ])
    expect(said.at(-3)).toMatchObject({ reason: 'tool-calls' })
  })
})
