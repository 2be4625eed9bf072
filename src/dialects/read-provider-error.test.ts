import { describe, expect, test } from 'bun:test'
import { speakChat } from './speak-chat.fixture.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import type { Failure } from '../exchange/failure.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../kit/json.ts'
import { createSseFramer } from '../kit/sse.ts'
import { DIALECTS } from './all.ts'
import { CHAT_DIALECTS } from './chat-dialects.fixture.ts'
import type { Dialect, WireFailure } from './dialect.ts'
import { readErrorBody, readProviderError } from './read-provider-error.ts'

const WORDS = 'The frobnication of messages[3] is odd.'

/** One error in the shapes in which servers send it. */
const SHAPES: readonly (readonly [string, unknown])[] = [
  ['as OpenAI does', { error: { message: WORDS, type: 'invalid_request_error', param: null, code: null } }],
  ['as Anthropic does', { type: 'error', error: { type: 'invalid_request_error', message: WORDS } }],
  ['as a text under error', { error: WORDS }],
  ['as a text under error beside a code', { code: 'Client specified an invalid argument', error: WORDS }],
  ['flat', { object: 'error', message: WORDS, type: 'BadRequestError', param: null, code: 400 }],
  ['as a message alone', { message: WORDS }],
  ['as a detail', { detail: WORDS }],
  ['as a list of details', { detail: [{ type: 'missing', loc: ['body', 'messages', 3], msg: WORDS }] }],
  ['as an object of details', { detail: { error: { message: WORDS } } }],
  ['as a list of errors', { errors: [{ message: WORDS, code: 7003 }], success: false }],
  ['as a list of texts', { errors: [WORDS] }],
  ['in a list', [{ error: { code: 400, message: WORDS, status: 'INVALID_ARGUMENT' } }]],
  ['as a fault', { fault: { faultstring: WORDS } }],
  ['with a status of its own', { base_resp: { status_code: 2013, status_msg: WORDS } }],
  ['as a framework does', { statusCode: 400, message: [WORDS], error: 'Bad Request' }],
  ['as an authorisation server does', { error: 'invalid_request', error_description: WORDS }],
  ['behind an empty error', { error: {}, message: WORDS }],
  ['behind an empty message', { error: { message: '', type: null }, detail: WORDS }],
  ['behind a message that is no text', { error: { message: { reason: WORDS } } }],
  ['behind a null', { error: null, message: WORDS }],
  [
    'behind a router',
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw: JSON.stringify({ error: { message: WORDS } }), provider_name: 'X' },
      },
    },
  ],
]

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: true, wantsUsage: false }
const encoder = new TextEncoder()
const decoder = new TextDecoder()

function decode(dialect: Dialect, body: unknown, status = 400): Failure {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return dialect.decodeFailure({ status, headers: new Headers(), body: encoder.encode(text), nowMs: 0 })
}

function write(dialect: Dialect, failure: Failure): { readonly wire: WireFailure; readonly message: string } {
  const wire = dialect.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
  const text = typeof wire.body === 'string' ? wire.body : decoder.decode(wire.body)
  const body = parseJsonObject(text) ?? {}
  const error = readObject(body, 'error') ?? body
  return { wire, message: readString(error, 'message') ?? '' }
}

const PAIRS = DIALECTS.flatMap((spoken) => DIALECTS.map((client) => ({ spoken, client })))

describe.each(PAIRS.map((pair) => ({ ...pair, from: pair.spoken.name, to: pair.client.name })))(
  'an error of a server of $from, for a client of $to',
  ({ spoken, client }) => {
    test.each(SHAPES.map(([how, body]) => ({ how, body })))('that came $how', ({ how, body }) => {
      const { wire, message } = write(client, decode(spoken, body))
      expect(wire.status).toBe(400)
      // A router's own envelope is one that clients can read, and passes as it is.
      if (how === 'behind a router' && spoken === client && message !== WORDS)
        expect(message).toBe('Provider returned error')
      else expect(message).toBe(WORDS)
    })

    test('that is plain text', () => {
      expect(write(client, decode(spoken, 'no healthy upstream', 503)).message).toBe('no healthy upstream')
    })

    test('that is a page', () => {
      const page = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>'
      const { wire, message } = write(client, decode(spoken, page, 502))
      expect(wire.status).toBe(502)
      expect(message).toBe('502 Bad Gateway')
    })

    test.each([
      ['nothing', ''],
      ['an empty object', '{}'],
      ['a number', '7'],
      ['half an object', '{"error":{"mess'],
    ])('that is %s', (_name, body) => {
      const { wire, message } = write(client, decode(spoken, body, 500))
      expect(wire.status).toBe(502)
      expect(message).not.toBe('')
    })
  },
)

/** Whatever a response says, as events. */
function failureInside(dialect: Dialect, body: unknown, mode: 'stream' | 'unary'): Failure | undefined {
  const events: ResponseEvent[] = []
  const sink = (event: ResponseEvent): void => void events.push(event)
  const reader = speakChat(dialect).decodeResponse({ request: REQUEST, quirks: {} })
  const text = JSON.stringify(body)
  if (mode === 'unary') reader.unary(parseJsonObject(text) ?? {}, sink)
  else {
    createSseFramer().push(encoder.encode(`data: ${text}\n\n`), (frame) => reader.frame(frame, sink))
  }
  if (!reader.done) reader.close(sink)
  const failed = events.find((event) => event.type === 'failure')
  return failed?.type === 'failure' ? failed.failure : undefined
}

describe.each(CHAT_DIALECTS.map((dialect) => ({ dialect, name: dialect.name })))(
  'an error in place of an answer of $name',
  ({ dialect }) => {
    const objects = SHAPES.filter(([, body]) => !Array.isArray(body))
    for (const mode of ['stream', 'unary'] as const) {
      test.each(objects.map(([how, body]) => ({ how, body })))(
        `keeps its words (${mode}) that came $how`,
        (shape) => {
          expect(failureInside(dialect, shape.body, mode)?.message).toBe(WORDS)
        },
      )

      test(`is an overflow where it says so (${mode})`, () => {
        const sentence = "The input (61709 tokens) is longer than the model's context length (40960 tokens)."
        for (const body of [
          { error: { message: sentence } },
          { object: 'error', message: sentence },
          { detail: sentence },
        ]) {
          const failure = failureInside(dialect, body, mode)
          expect(failure?.code).toBe('context-overflow')
          expect(failure?.details.overflow).toEqual({ inputTokens: 61_709, limitTokens: 40_960 })
        }
      })
    }
  },
)

test('the field at fault and numbers in members of their own are read', () => {
  expect(readProviderError({ detail: [{ loc: ['body', 'messages', 0, 'content'], msg: 'x' }] }).param).toBe(
    'messages.0.content',
  )
  const full = {
    code: 400,
    message: 'full',
    type: 'exceed_context_size_error',
    n_prompt_tokens: 14_429,
    n_ctx: 8_192,
  }
  expect(readProviderError({ error: full }).overflow).toEqual({ inputTokens: 14_429, limitTokens: 8_192 })
})

test('an error that was sent as an event with an error status is read', () => {
  const body = encoder.encode('event: error\ndata: {"error":{"message":"in an event"}}\n\n')
  expect(readErrorBody(body).message).toBe('in an event')
})

test('words that are nested without end are not looked for without end', () => {
  let nested: JsonObject = { message: 'deep' }
  for (let depth = 0; depth < 50; depth += 1) nested = { error: nested }
  expect(readProviderError(nested).message).toBe('')
})
