import { describe, expect, test } from 'bun:test'
import type { Failure } from '../../exchange/failure.ts'
import type { JsonObject } from '../../kit/json.ts'
import { openaiChat } from './openai-chat.ts'

function decode(status: number, body: unknown, headers: Record<string, string> = {}): Failure {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return openaiChat.decodeFailure({
    status,
    headers: new Headers(headers),
    body: new TextEncoder().encode(text),
    nowMs: 1_767_225_600_000,
  })
}

/** A limit as Google's servers tell it: the same words for one of a minute, which is over soon, and for one of a day. */
function googleLimit(quotaId?: string): readonly JsonObject[] {
  const message =
    'You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: requests, limit: 20\nPlease retry in 36.429760048s.'
  const violations = quotaId === undefined ? [] : [{ quotaMetric: 'requests', quotaId }]
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '36s' },
  ]
  return [{ error: { code: 429, message, status: 'RESOURCE_EXHAUSTED', details } }]
}

describe('decodeFailure', () => {
  test.each<[number, unknown, string]>([
    [
      400,
      { error: { message: 'bad', type: 'invalid_request_error', param: 'x', code: null } },
      'provider-rejected',
    ],
    [422, { detail: [{ msg: 'field required', loc: ['body'] }] }, 'provider-rejected'],
    [
      400,
      { error: { message: "Unsupported parameter: 'max_tokens'", code: 'unsupported_parameter' } },
      'provider-unsupported',
    ],
    [400, { error: { message: 'long', code: 'context_length_exceeded' } }, 'context-overflow'],
    [400, { error: { message: 'odd', code: 'constructor', type: '__proto__' } }, 'provider-rejected'],
    [
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 10 tokens. However, your messages resulted in 20 tokens.",
        code: 400,
      },
      'context-overflow',
    ],
    [
      400,
      {
        error: {
          message: "Invalid 'messages[2].tool_calls[0].id': string too long.",
          code: 'string_above_max_length',
        },
      },
      'provider-rejected',
    ],
    [400, { error: { message: 'x', code: 'tool_use_failed' } }, 'malformed-response'],
    [400, { error: { message: 'x', code: 'invalid_encrypted_content' } }, 'stale-seal'],
    [400, { error: { message: 'x', code: 'content_filter' } }, 'content-refused'],
    [
      401,
      { error: { message: 'Incorrect API key provided: sk-abc', code: 'invalid_api_key' } },
      'provider-auth',
    ],
    [402, { error: { message: 'Insufficient credits', code: 402 } }, 'provider-quota'],
    [403, { code: 'denied', error: 'Content violates usage guidelines: safety checks' }, 'content-refused'],
    [403, { error: { message: 'not allowed' } }, 'provider-forbidden'],
    [
      404,
      { error: { message: 'The model `x` does not exist', code: 'model_not_found' } },
      'provider-model-missing',
    ],
    [409, {}, 'provider-conflict'],
    [413, 'Request Entity Too Large', 'provider-too-large'],
    [429, { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } }, 'provider-rate-limited'],
    [
      429,
      {
        error: {
          message: 'You exceeded your current quota',
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        },
      },
      'provider-quota',
    ],
    [429, googleLimit('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'), 'provider-rate-limited'],
    [429, googleLimit('GenerateRequestsPerDayPerProjectPerModel-FreeTier'), 'provider-quota'],
    [429, googleLimit(), 'provider-rate-limited'],
    [498, {}, 'provider-overloaded'],
    [500, { error: { message: 'The server had an error' } }, 'provider-error'],
    [502, '<html>Bad gateway</html>', 'provider-error'],
    [503, [{ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }], 'provider-overloaded'],
    [504, '', 'provider-timeout'],
    [529, '', 'provider-overloaded'],
  ])('%i %j', (status, body, code) => {
    expect<string>(decode(status, body).code).toBe(code)
  })

  test('keeps what the provider said for the client, the log and the next try', () => {
    const body = {
      error: {
        message: 'bad temperature',
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'invalid_value',
      },
    }
    const failure = decode(422, body, { 'x-request-id': 'up-1' })
    expect(failure.message).toBe('bad temperature')
    expect(failure.status).toBe(422)
    expect(failure.details).toMatchObject({
      param: 'temperature',
      upstream: {
        status: 422,
        family: 'openai',
        type: 'invalid_request_error',
        code: 'invalid_value',
        param: 'temperature',
        requestId: 'up-1',
      },
    })
  })

  test('never repeats what a provider says about our credential', () => {
    const failure = decode(401, { error: { message: 'Incorrect API key provided: sk-abc123' } })
    expect(failure.message).not.toContain('sk-abc')
  })

  test('a page of HTML is no message', () => {
    expect(decode(502, '<html>nginx</html>').message).not.toContain('html')
  })

  test('reads the numbers of an overflow', () => {
    const message =
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens."
    expect(decode(400, { error: { message } }).details.overflow).toEqual({
      limitTokens: 8192,
      inputTokens: 9001,
    })
  })

  test('reads the wait from headers before the message', () => {
    const body = { error: { message: 'Please try again in 1.2s.' } }
    expect(decode(429, body).details.retryAfterMs).toBe(1_200)
    expect(decode(429, body, { 'retry-after': '7' }).details.retryAfterMs).toBe(7_000)
    expect(decode(429, body, { 'retry-after-ms': '350', 'retry-after': '7' }).details.retryAfterMs).toBe(350)
    const spent = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1m2s' }
    expect(decode(429, '{}', spent).details.retryAfterMs).toBe(62_000)
    expect(decode(429, '{}', { ...spent, 'retry-after': '7' }).details.retryAfterMs).toBe(7_000)
    expect(decode(500, '{}', spent).details.retryAfterMs).toBeUndefined()
    expect(decode(429, {}).details.retryAfterMs).toBeUndefined()
  })

  test('reads the wait from the details of an error before the message', () => {
    expect(decode(429, googleLimit()).details.retryAfterMs).toBe(36_000)
    expect(decode(429, googleLimit(), { 'retry-after': '7' }).details.retryAfterMs).toBe(7_000)
  })

  test('a status that stands for a code is no word of the provider', () => {
    const { upstream } = decode(429, googleLimit()).details
    expect(upstream).toMatchObject({ status: 429, family: 'openai' })
    expect(upstream?.code).toBeUndefined()
  })

  test('a wait among the details of another error does not make it a limit', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '5s' }]
    const body = { error: { code: 503, message: 'try later', status: 'UNAVAILABLE', details } }
    expect(decode(503, body).code).toBe('provider-overloaded')
  })
})

test('an error response that says what it used carries that', () => {
  const usage = { prompt_tokens: 9, completion_tokens: 4 }
  const told = { inputTokens: 9, outputTokens: 4 }
  for (const status of [400, 429, 500]) {
    expect(decode(status, { error: { message: 'x' }, usage }).details.usage).toMatchObject(told)
    expect(decode(status, { error: { message: 'x', usage } }).details.usage).toMatchObject(told)
    expect(decode(status, [{ error: { message: 'x' }, usage }]).details.usage).toMatchObject(told)
    expect(decode(status, { error: { message: 'x' }, usage: {} }).details.usage).toBeUndefined()
  }
})
