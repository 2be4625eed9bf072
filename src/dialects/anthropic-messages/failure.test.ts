import { describe, expect, test } from 'bun:test'
import Anthropic, { RateLimitError } from '@anthropic-ai/sdk'
import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { Failure } from '../../exchange/failure.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { FAILURES, toErrorBody } from './failure.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

function decode(status: number, body: string, headers: Record<string, string> = {}): Failure {
  return FAILURES.decode({
    status,
    headers: new Headers(headers),
    body: encoder.encode(body),
    nowMs: 1_767_225_600_000,
  })
}

const upstreamBody = (type: string, message: string, more: JsonObject = {}): string =>
  JSON.stringify({ type: 'error', error: { type, message, ...more }, request_id: 'req_up' })

interface Written {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly error: JsonObject
}

function encode(failure: Failure, attempts: readonly AttemptResult[] = []): Written {
  const { status, headers, body } = FAILURES.encode(failure, { requestId: 'req_ours', attempts })
  const text = typeof body === 'string' ? body : decoder.decode(body)
  return { status, headers, text, error: readObject(parseJsonObject(text) ?? {}, 'error') ?? {} }
}

describe('what providers say', () => {
  test.each([
    [400, 'invalid_request_error', 'messages: roles must alternate', 'provider-rejected'],
    [400, 'invalid_request_error', 'temperature: Extra inputs are not permitted', 'provider-unsupported'],
    [400, 'invalid_request_error', '`temperature` is deprecated for this model.', 'provider-unsupported'],
    [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'provider-quota'],
    [400, 'invalid_request_error', 'prompt is too long: 210 tokens > 200 maximum', 'context-overflow'],
    [
      400,
      'invalid_request_error',
      'messages.1.content.0: Invalid `signature` in `thinking` block',
      'stale-seal',
    ],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content-refused'],
    [401, 'authentication_error', 'invalid x-api-key', 'provider-auth'],
    [402, 'billing_error', 'pay', 'provider-quota'],
    [403, 'permission_error', 'not yours', 'provider-forbidden'],
    [404, 'not_found_error', 'model: claude-x', 'provider-model-missing'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'provider-too-large'],
    [429, 'rate_limit_error', 'This request would exceed your rate limit', 'provider-rate-limited'],
    [429, 'rate_limit_error', 'You have reached your spend limit', 'provider-quota'],
    [500, 'api_error', 'Internal server error', 'provider-error'],
    [504, 'timeout_error', 'too slow', 'provider-timeout'],
    [529, 'overloaded_error', 'Overloaded', 'provider-overloaded'],
  ])('%d %s "%s" is %s', (status, type, message, code) => {
    const failure = decode(status, upstreamBody(type, message))
    expect(failure.code as string).toBe(code)
    expect(failure.details.upstream).toMatchObject({ status, type, family: 'anthropic', requestId: 'req_up' })
  })

  test('a spend limit is told by its error code, whatever the type', () => {
    const body = upstreamBody('rate_limit_error', 'limit', {
      details: { error_code: 'enforced_spend_limit' },
    })
    expect(decode(429, body).code).toBe('provider-quota')
  })

  test('waits and numbers are read', () => {
    expect(
      decode(429, upstreamBody('rate_limit_error', 'x'), { 'retry-after': '7' }).details.retryAfterMs,
    ).toBe(7_000)
    const spent = {
      'anthropic-ratelimit-output-tokens-remaining': '0',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-01T00:00:09Z',
    }
    expect(decode(429, upstreamBody('rate_limit_error', 'x'), spent).details.retryAfterMs).toBe(9_000)
    const overflow = decode(
      400,
      upstreamBody(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 190 + 20 > 200',
      ),
    )
    expect(overflow.details.overflow).toEqual({ inputTokens: 190, outputTokens: 20, limitTokens: 200 })
  })

  test('pages of HTML, plain text and nonsense never break the reader', () => {
    expect(decode(502, '<html>Bad gateway</html>').message).toBe('The provider failed.')
    expect(decode(503, 'no healthy upstream')).toMatchObject({
      code: 'provider-overloaded',
      message: 'no healthy upstream',
    })
    expect(decode(500, '').code).toBe('provider-error')
    expect(decode(400, '{"error":"flat"}').message).toBe('flat')
    expect(decode(400, '[1]').code).toBe('provider-rejected')
  })

  test('what is said about our own credential is not repeated', () => {
    const failure = decode(401, upstreamBody('authentication_error', 'invalid x-api-key sk-ant-123'))
    expect(failure.message).not.toContain('sk-ant')
    const written = encode(failure)
    expect(written.text).not.toContain('sk-ant')
    expect(written.status).toBe(502)
    expect(readString(written.error, 'type')).toBe('api_error')
  })
})

describe('what clients get', () => {
  test('an error of the same family passes byte for byte, with its status', () => {
    const body = upstreamBody('invalid_request_error', 'messages.0: weird  wording', { details: { a: 1 } })
    const written = encode(decode(422, body))
    expect(written.text).toBe(body)
    expect(written.status).toBe(422)
    expect(written.headers).toMatchObject({ 'x-should-retry': 'false', 'request-id': 'req_ours' })
  })

  test('529 stays 529, with what to do', () => {
    const written = encode(
      decode(529, upstreamBody('overloaded_error', 'Overloaded'), { 'retry-after-ms': '1500' }),
    )
    expect(written.status).toBe(529)
    expect(written.headers).toMatchObject({
      'x-should-retry': 'true',
      'retry-after': '2',
      'retry-after-ms': '1500',
    })
    expect(encode(new Failure('provider-overloaded'))).toMatchObject({
      status: 529,
      error: { type: 'overloaded_error' },
    })
  })

  test.each([
    ['invalid-request', 400, 'invalid_request_error'],
    ['invalid-key', 401, 'authentication_error'],
    ['budget-exceeded', 402, 'billing_error'],
    ['model-not-allowed', 403, 'permission_error'],
    ['model-not-found', 404, 'not_found_error'],
    ['body-too-large', 413, 'request_too_large'],
    ['rate-limited', 429, 'rate_limit_error'],
    ['internal', 500, 'api_error'],
    ['connect-failed', 502, 'api_error'],
    ['no-candidate', 503, 'overloaded_error'],
    ['deadline-exceeded', 504, 'timeout_error'],
  ] as const)('%s is %d %s', (code, status, type) => {
    const written = encode(new Failure(code))
    expect(written.status).toBe(status)
    expect(written.error).toMatchObject({ type, code })
    expect(parseJsonObject(written.text)).toMatchObject({ type: 'error', request_id: 'req_ours' })
  })

  test('the gateway adds its facts', () => {
    const attempt: AttemptResult = {
      id: 'att_1',
      target: 'openai/gpt',
      credential: 'openai/main',
      lane: 'translated',
      outcome: 'provider-error',
      basis: 'none',
      status: 500,
      startedMs: 0,
      durationMs: 12.4,
      simulated: false,
    }
    const failure = new Failure('model-not-found', {
      param: 'model',
      nearest: ['claude'],
      facts: { route: 'x' },
    })
    expect(parseJsonObject(encode(failure, [attempt]).text)).toEqual({
      type: 'error',
      error: {
        type: 'not_found_error',
        message: 'There is no model or route of this name.',
        code: 'model-not-found',
        param: 'model',
        nearest: ['claude'],
        route: 'x',
      },
      request_id: 'req_ours',
      origin: 'client',
      attempts: [{ target: 'openai/gpt', outcome: 'provider-error', status: 500, duration_ms: 12 }],
    })
  })

  test('an overflow that another family found is told in the sentences that agents know', () => {
    const told = (overflow: NonNullable<Failure['details']['overflow']>): string | undefined =>
      readString(
        encode(
          new Failure('context-overflow', {
            message: "This model's maximum context length is 200 tokens.",
            overflow,
            upstream: { status: 400, family: 'openai', body: encoder.encode('{}') },
          }),
        ).error,
        'message',
      )
    expect(told({ inputTokens: 210, limitTokens: 200 })).toBe('prompt is too long: 210 tokens > 200 maximum')
    expect(told({ inputTokens: 190, outputTokens: 20, limitTokens: 200 })).toStartWith(
      'input length and `max_tokens` exceed context limit: 190 + 20 > 200',
    )
    expect(told({})).toBe('prompt is too long')
  })

  test('an error inside a stream keeps its type', () => {
    const failure = new Failure('provider-overloaded', {
      upstream: { status: 529, family: 'anthropic', type: 'overloaded_error' },
    })
    expect(toErrorBody(failure, 'req_ours')).toMatchObject({
      type: 'error',
      error: { type: 'overloaded_error' },
    })
  })

  test('the official SDK maps status and reads the request id', async () => {
    const { status, headers, body } = FAILURES.encode(new Failure('rate-limited', { retryAfterMs: 5 }), {
      requestId: 'req_ours',
      attempts: [],
    })
    const client = new Anthropic({
      apiKey: 'none',
      maxRetries: 0,
      fetch: () =>
        Promise.resolve(
          new Response(typeof body === 'string' ? body : decoder.decode(body), { status, headers }),
        ),
    })
    const thrown: unknown = await client.messages
      .create({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] })
      .catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(RateLimitError)
    expect(thrown).toMatchObject({ status: 429, requestID: 'req_ours' })
  })
})

test('an official client is told to go on without a thread where nobody keeps it', () => {
  const encode = (param: string): JsonObject => {
    const failure = new Failure('unsupported-feature', { param })
    const { status, body } = FAILURES.encode(failure, { requestId: 'req_1', attempts: [] })
    expect(status).toBe(400)
    return readObject(parseJsonObject(String(body)) ?? {}, 'error') ?? {}
  }
  expect(encode('thread')).toMatchObject({
    type: 'invalid_request_error',
    details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
  })
  expect(encode('tools')['details']).toBeUndefined()
})

test('an error response that says what it used carries that', () => {
  const error = { type: 'api_error', message: 'x' }
  const usage = { input_tokens: 9, output_tokens: 4 }
  for (const status of [400, 429, 529]) {
    for (const body of [
      { type: 'error', error, usage },
      { type: 'error', error: { ...error, usage } },
    ]) {
      expect(decode(status, JSON.stringify(body)).details.usage).toMatchObject({
        inputTokens: 9,
        outputTokens: 4,
      })
    }
  }
})
