import { describe, expect, test } from 'bun:test'
import type { ChatEvent } from '../exchange/chat-content.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { parseJsonObject, readObject, type JsonObject } from '../kit/json.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import type { Dialect } from './dialect.ts'
import { gemini } from './gemini/gemini.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'
import { speakChat } from './speak-chat.fixture.ts'

/*
 * What providers leave out of their answers, or put there that nobody can read: the same comes of it in every dialect.
 */

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: false, wantsUsage: true }

function told(dialect: Dialect, answer: JsonObject): readonly ChatEvent[] {
  const events: ChatEvent[] = []
  const decoder = speakChat(dialect).decodeResponse({ request: REQUEST, quirks: {} })
  decoder.unary(answer, (event) => void events.push(event))
  return events
}

type Answer = (call: { readonly id?: string; readonly name?: string }) => JsonObject

/** An answer of one call, in each dialect. */
const CALLS: readonly (readonly [string, Dialect, Answer])[] = [
  [
    'openai-chat',
    openaiChat,
    ({ id, name }) => ({
      id: 'c',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            tool_calls: [{ id, type: 'function', function: { name, arguments: '{"a":1}' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
    }),
  ],
  [
    'anthropic-messages',
    anthropicMessages,
    ({ id, name }) => ({
      id: 'm',
      content: [{ type: 'tool_use', id, name, input: { a: 1 } }],
      stop_reason: 'tool_use',
    }),
  ],
  [
    'openai-responses',
    openaiResponses,
    ({ id, name }) => ({
      id: 'r',
      status: 'completed',
      output: [{ type: 'function_call', call_id: id, name, arguments: '{"a":1}' }],
    }),
  ],
  [
    'gemini',
    gemini,
    ({ id, name }) => ({
      candidates: [
        { content: { parts: [{ functionCall: { id, name, args: { a: 1 } } }] }, finishReason: 'STOP' },
      ],
    }),
  ],
]

describe.each(CALLS)('a call of %s', (_name, dialect, answer) => {
  test.each([undefined, ''])('without an id (%j) gets one, the same whenever it is read', (id) => {
    const call = { name: 'f', ...(id === undefined ? {} : { id }) }
    const [opened, again] = [1, 2].map(() =>
      told(dialect, answer(call)).find((event) => event.type === 'block-start'),
    )
    expect(opened?.block.type === 'tool-call' && opened.block.id).toMatch(/^call_\w{24}$/)
    expect(again).toEqual(opened)
  })

  test('without a name is one that nobody can run', () => {
    expect(told(dialect, answer({ id: 'call_1' })).at(-1)).toMatchObject({
      type: 'failure',
      failure: { code: 'malformed-response' },
    })
  })
})

test('an entry of calls that says nothing is no call', () => {
  const message = { role: 'assistant', content: 'a', tool_calls: [{ index: 0, function: { arguments: '' } }] }
  const events = told(openaiChat, { choices: [{ index: 0, message, finish_reason: 'stop' }] })
  expect(events.filter(({ type }) => type === 'block-start')).toHaveLength(1)
  expect(events.at(-1)).toEqual({ type: 'end' })
})

test.each([{ text: 'a' }, { type: '', text: 'a' }])(
  'a block of Messages that does not say what it is cannot be read',
  (block) => {
    const events = told(anthropicMessages, { content: [block], stop_reason: 'end_turn' })
    expect(events.at(-1)).toMatchObject({ failure: { code: 'malformed-response' } })
  },
)

test('a part of Gemini that holds nothing says nothing', () => {
  const content = { parts: [{}, { text: 'a' }] }
  const events = told(gemini, { candidates: [{ content, finishReason: 'STOP' }] })
  expect(events.filter(({ type }) => type === 'block-start')).toHaveLength(1)
  expect(events.at(-1)).toEqual({ type: 'end' })
})

test('a source of Gemini is cited once for a passage, and one that is not there is not cited', () => {
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://e.example' } }],
    groundingSupports: [{ segment: { endIndex: 1 }, groundingChunkIndices: [0, 0, 7, null, '0'] }],
  }
  const content = { parts: [{ text: 'a' }] }
  const events = told(gemini, { candidates: [{ content, groundingMetadata, finishReason: 'STOP' }] })
  expect(events.filter(({ type }) => type === 'citation')).toHaveLength(1)
})

test('a call whose id Messages would not take back gets another one, with its proof', () => {
  const spoken = speakChat(anthropicMessages)
  const writer = spoken.encodeResponse({
    request: { ...REQUEST, stream: true },
    requestId: 'req_1',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 1,
    notice() {},
  })
  const signature = { family: 'google', scheme: 'thought', value: 'c2lnbmVk' }
  const call = {
    type: 'tool-call',
    id: 'functions.f:0',
    name: 'f',
    arguments: '',
    form: 'json',
    signature,
  } as const
  const wire =
    writer.event({ type: 'block-start', choice: 0, index: 0, block: call }) +
    writer.event({ type: 'block-end', choice: 0, index: 0 })
  const frames = [...wire.matchAll(/^data: (\{"type":"content_block_start".*)$/gm)]
  const [carrier, opened] = frames.map(([, frame = '']) =>
    readObject(parseJsonObject(frame) ?? {}, 'content_block'),
  )
  expect(opened?.['id']).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  const back = spoken.decodeRequest({
    model: 'm',
    max_tokens: 9,
    messages: [{ role: 'assistant', content: [carrier ?? null, opened ?? null] }],
  })
  expect(back.request.turns[0]?.blocks).toMatchObject([{ type: 'tool-call', id: opened?.['id'], signature }])
})

test.each([
  ['anthropic-messages', anthropicMessages, { content: [], stop_reason: 'constructor' }],
  ['gemini', gemini, { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'constructor' }] }],
  ['openai-chat', openaiChat, { choices: [{ message: { content: 'a' }, finish_reason: 'constructor' }] }],
] as const)('a word of JavaScript is a word like any other to %s', (_name, dialect, answer) => {
  expect(told(dialect, answer)).toContainEqual(expect.objectContaining({ type: 'finish', reason: 'stop' }))
})

test.each([
  [openaiChat, { messages: [{ role: 'user', content: 'a' }], tools: [{ type: '__proto__', name: 'f' }] }],
  [openaiResponses, { input: 'a', tools: [{ type: 'constructor', name: 'f' }] }],
  [
    anthropicMessages,
    { max_tokens: 1, messages: [{ role: 'user', content: 'a' }], tool_choice: { type: 'toString' } },
  ],
] as const)('and in a request', (dialect, body) => {
  const { decodeRequest } = speakChat(dialect)
  if ('tool_choice' in body) expect(() => decodeRequest({ model: 'm', ...body })).toThrow('tool_choice.type')
  else expect(decodeRequest({ model: 'm', ...body }).request.tools).toMatchObject([{ type: 'hosted' }])
})

test.each([
  ['openai-chat', openaiChat],
  ['anthropic-messages', anthropicMessages],
  ['gemini', gemini],
] as const)('an error of %s under the status of none is told under the status of one', (_name, dialect) => {
  const error = { message: 'No.', type: 'invalid_request_error', code: 'unsupported_parameter' }
  const body = new TextEncoder().encode(JSON.stringify({ type: 'error', error }))
  const failure = dialect.decodeFailure({ status: 302, headers: new Headers(), body, nowMs: 0 })
  const { status } = dialect.encodeFailure(failure, { requestId: 'r', attempts: [] })
  expect([failure.status >= 400, status >= 400]).toEqual([true, true])
})
