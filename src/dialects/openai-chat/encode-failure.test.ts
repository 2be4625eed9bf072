import { describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { Failure, type FailureDetails } from '../../exchange/failure.ts'
import { FAILURES, type FailureCode } from '../../exchange/failure-table.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import type { WireFailure } from '../dialect.ts'
import { openaiChat } from './openai-chat.ts'

const ATTEMPT: AttemptResult = {
  id: 'att_1',
  target: 'acme/model',
  credential: 'acme/one',
  lane: 'native',
  outcome: 'provider-error',
  basis: 'none',
  status: 500,
  startedMs: 0,
  durationMs: 12.4,
  simulated: false,
}

function encode(code: FailureCode, details: FailureDetails = {}): WireFailure {
  return openaiChat.encodeFailure(new Failure(code, details), { requestId: 'req_1', attempts: [ATTEMPT] })
}

function errorOf(wire: WireFailure): JsonObject {
  const text = typeof wire.body === 'string' ? wire.body : new TextDecoder().decode(wire.body)
  return readObject(parseJsonObject(text) ?? {}, 'error') ?? {}
}

const CODES = Object.keys(FAILURES) as FailureCode[]

describe('encodeFailure', () => {
  test('names the wait once, in the words that agents look for', () => {
    for (const code of CODES.filter((known) => FAILURES[known].status === 429)) {
      const message = readString(errorOf(encode(code, { retryAfterMs: 60_600 })), 'message') ?? ''
      expect(message).toEndWith(' Please try again in 60.6s.')
      expect(message.match(/try again/gi)).toHaveLength(1)
    }
  })

  test('gives every failure of the house a message, a type, a code and retry advice', () => {
    for (const code of CODES) {
      const wire = encode(code)
      expect(wire.status).toBe(FAILURES[code].status)
      expect(wire.headers).toMatchObject({
        'content-type': 'application/json',
        'x-should-retry': String(FAILURES[code].clientRetry),
      })
      expect(errorOf(wire)).toMatchObject({
        message: expect.any(String),
        type: expect.any(String),
        code: expect.any(String),
        param: null,
        origin: FAILURES[code].source,
        request_id: 'req_1',
        attempts: [{ target: 'acme/model', outcome: 'provider-error', status: 500, duration_ms: 12 }],
      })
    }
  })

  test('uses the words that clients of this dialect compare', () => {
    const named = (code: FailureCode): unknown[] => {
      const error = errorOf(encode(code))
      return [error['type'], error['code']]
    }
    expect(named('context-overflow')).toEqual(['invalid_request_error', 'context_length_exceeded'])
    expect(named('invalid-key')).toEqual(['invalid_request_error', 'invalid_api_key'])
    expect(named('rate-limited')).toEqual(['rate_limit_error', 'rate_limit_exceeded'])
    expect(named('provider-quota')).toEqual(['insufficient_quota', 'insufficient_quota'])
    expect(named('budget-exceeded')).toEqual(['insufficient_quota', 'budget_exceeded'])
    expect(named('provider-overloaded')).toEqual(['server_error', 'server_is_overloaded'])
  })

  test('names the field, offers names and adds facts', () => {
    const error = errorOf(
      encode('model-not-found', { param: 'model', nearest: ['gpt-x'], facts: { limit: 5, scope: 'key' } }),
    )
    expect(error).toMatchObject({ param: 'model', nearest: ['gpt-x'], limit: 5, scope: 'key' })
  })

  test('says how long to wait in both headers and in words', () => {
    const wire = encode('rate-limited', {
      retryAfterMs: 1_150,
      headers: { 'x-ratelimit-limit-requests': '5' },
    })
    expect(wire.headers).toMatchObject({
      'retry-after': '2',
      'retry-after-ms': '1150',
      'x-should-retry': 'true',
      'x-ratelimit-limit-requests': '5',
    })
    expect(errorOf(wire)['message']).toEndWith('Please try again in 1.2s.')
    const other = { retryAfterMs: 20_000, message: 'Please retry after 20 seconds.' }
    expect(errorOf(encode('rate-limited', other))['message']).toEndWith('Please try again in 20.0s.')
  })

  test('tells an overflow in the sentence that agents know', () => {
    const upstream = { status: 400, family: 'elsewhere' }
    const error = errorOf(
      encode('context-overflow', {
        message: 'prompt is too long',
        overflow: { inputTokens: 20, limitTokens: 10 },
        upstream,
      }),
    )
    expect(error['message']).toBe(
      "This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens. Please reduce the length of the messages.",
    )
    expect(error['upstream']).toEqual({ status: 400 })
  })

  const body = new TextEncoder().encode('{"error":{"message":"as it was","code":"weird"}, "more":1}')

  test('hands on the body and status of a provider of the same family, byte for byte', () => {
    const wire = encode('provider-rejected', { upstream: { status: 418, family: 'openai', body } })
    expect(wire.status).toBe(418)
    expect(wire.body).toBe(body)
    expect(wire.headers['x-should-retry']).toBe('false')
  })

  test.each<FailureCode>(['provider-auth', 'provider-forbidden', 'provider-quota'])(
    'keeps the body to itself when it is about our credential: %s',
    (code) => {
      const wire = encode(code, { upstream: { status: 401, family: 'openai', body, code: 'secret-code' } })
      expect(wire.body).not.toBe(body)
      expect(JSON.stringify(errorOf(wire))).not.toContain('secret-code')
      expect(wire.status).toBe(FAILURES[code].status)
    },
  )

  test('translates the body of another family', () => {
    const wire = encode('provider-rejected', {
      message: 'no',
      upstream: { status: 400, family: 'elsewhere', body, type: 't' },
    })
    expect(errorOf(wire)).toMatchObject({
      message: 'no',
      code: 'upstream_rejected',
      upstream: { status: 400, type: 't' },
    })
  })

  test('is an error with its status, code and request for the official SDK', async () => {
    const { status, headers, body: text } = encode('model-not-found', { param: 'model' })
    const answer = (): Promise<Response> => Promise.resolve(new Response(String(text), { status, headers }))
    const openai = new OpenAI({ apiKey: 'none', maxRetries: 0, fetch: answer })
    const thrown: unknown = await openai.chat.completions
      .create({ model: 'm', messages: [] })
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(OpenAI.NotFoundError)
    expect(thrown).toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
      type: 'invalid_request_error',
    })
  })
})

test('what was decoded from a provider is what its own clients would have seen', () => {
  const failure = openaiChat.decodeFailure({
    status: 422,
    headers: new Headers(),
    body: new TextEncoder().encode('{"error":{"message":"x"}}'),
    nowMs: 0,
  })
  const wire = openaiChat.encodeFailure(failure, { requestId: 'req_1', attempts: [] })
  expect([
    wire.status,
    new TextDecoder().decode(wire.body instanceof Uint8Array ? wire.body : undefined),
  ]).toEqual([422, '{"error":{"message":"x"}}'])
})
