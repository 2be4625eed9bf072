import { describe, expect, test } from 'bun:test'
import type { FailureCode } from '../exchange/failure-table.ts'
import { classifyProviderError, failureCodeFromStatus } from './failure-from-status.ts'

const classify = (status: number, message = '', code = '', type = ''): FailureCode =>
  classifyProviderError({ status, message, code, type })

describe('failureCodeFromStatus', () => {
  const rows: readonly (readonly [number, FailureCode])[] = [
    [400, 'provider-rejected'],
    [401, 'provider-auth'],
    [402, 'provider-quota'],
    [403, 'provider-blocked'],
    [404, 'provider-model-missing'],
    [408, 'provider-timeout'],
    [409, 'provider-conflict'],
    [413, 'provider-too-large'],
    [422, 'provider-rejected'],
    [429, 'provider-rate-limited'],
    [498, 'provider-overloaded'],
    [500, 'provider-error'],
    [502, 'provider-error'],
    [503, 'provider-overloaded'],
    [504, 'provider-timeout'],
    [520, 'provider-error'],
    [524, 'provider-timeout'],
    [529, 'provider-overloaded'],
  ]
  test.each(rows.map(([status, code]) => ({ status, code })))('$status is $code', ({ status, code }) => {
    expect(failureCodeFromStatus(status)).toBe(code)
  })
})

describe('classifyProviderError', () => {
  test('tells spent quota from a rate limit', () => {
    expect(classify(429, 'You exceeded your current quota', 'insufficient_quota', 'insufficient_quota')).toBe(
      'provider-quota',
    )
    expect(classify(429, 'You exceeded your current quota, please check your plan')).toBe('provider-quota')
    expect(classify(400, 'Your credit balance is too low to access the API')).toBe('provider-quota')
    expect(classify(429, 'Rate limit reached for requests. Please try again in 1s.')).toBe(
      'provider-rate-limited',
    )
  })

  test('recognises a context overflow by code and by message, not an over-long id', () => {
    expect(classify(400, '', 'context_length_exceeded')).toBe('context-overflow')
    expect(classify(400, 'prompt is too long: 2 tokens > 1 maximum')).toBe('context-overflow')
    expect(
      classify(400, "Invalid 'messages[2].tool_calls[0].id': string too long.", 'string_above_max_length'),
    ).toBe('provider-rejected')
  })

  test.each([400, 401, 413, 422, 429, 500, 503])(
    'an overflow that is told with a %d is one, and rests nobody',
    (status) => {
      expect(classify(status, 'k3-256k supports only 256K context.', '', 'authentication_error')).toBe(
        'context-overflow',
      )
      expect(classify(status, 'Context size has been exceeded.', '', 'server_error')).toBe('context-overflow')
    },
  )

  test('a request that is larger than a limit of a minute is too large, whatever it is called', () => {
    const tooLarge =
      'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 61337. The input or output tokens must be reduced in order to run successfully.'
    expect(classify(429, tooLarge, 'rate_limit_exceeded', 'tokens')).toBe('provider-too-large')
    expect(classify(413, tooLarge, 'rate_limit_exceeded', 'tokens')).toBe('provider-too-large')
    expect(classify(429, 'Extra usage is required for long context requests.', '', 'rate_limit_error')).toBe(
      'provider-too-large',
    )
    const reached =
      'Rate limit reached for model `x` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443.'
    expect(classify(429, reached, 'rate_limit_exceeded')).toBe('provider-rate-limited')
  })

  test.each([
    ['', ''],
    ['Forbidden', ''],
    ['Your request was blocked.', ''],
    ['Sorry, you have been blocked', ''],
    ['The request was rejected by the security policy of the account.', ''],
    ['Prompt contains "your api key has no permission"', ''],
  ])('a 403 that does not speak of the credential is about the request: %s', (message, code) => {
    expect(classify(403, message, code)).toBe('provider-blocked')
  })

  test.each([
    ['', 'permission_error'],
    ['Your API key does not have permission to use the specified resource.', ''],
    ['Project `proj_x` does not have access to model `gpt-9`', ''],
    ['Country, region, or territory not supported', ''],
    ['You are not allowed to sample from this model', ''],
    ['The security token included in the request is invalid.', ''],
  ])('a 403 that speaks of it is about the credential: %s %s', (message, type) => {
    expect(classify(403, message, '', type)).toBe('provider-forbidden')
  })

  test('recognises stale reasoning, filters, missing models and unsupported parameters', () => {
    expect(classify(400, 'x', 'invalid_encrypted_content')).toBe('stale-seal')
    expect(classify(400, 'Invalid `signature` in `thinking` block')).toBe('stale-seal')
    expect(classify(400, 'The response was filtered due to the content management policy')).toBe(
      'content-refused',
    )
    expect(classify(400, 'The model `x` does not exist')).toBe('provider-model-missing')
    expect(classify(400, "Unsupported parameter: 'max_tokens' is not supported with this model.")).toBe(
      'provider-unsupported',
    )
  })

  test('keeps a refused credential apart from a refused request', () => {
    expect(classify(401, 'anything')).toBe('provider-auth')
    expect(classify(400, 'Incorrect API key provided')).toBe('provider-auth')
    expect(classify(403, 'Content violates usage guidelines. Failed check: safety checks')).toBe(
      'content-refused',
    )
    expect(
      classify(403, 'Content violates usage guidelines. Model: m, Failed check: SAFETY_CHECK_TYPE_BIO'),
    ).toBe('content-refused')
    expect(classify(403, 'The model requires moderation and your input was flagged for "violence".')).toBe(
      'content-refused',
    )
    expect(classify(403, 'Country not supported')).toBe('provider-forbidden')
    expect(classify(400, 'API key not valid. Please pass a valid API key.')).toBe('provider-auth')
    expect(classify(400, 'API key expired. Please renew the API key.')).toBe('provider-auth')
  })

  test('reads overload out of a 500', () => {
    expect(classify(500, 'The server is overloaded')).toBe('provider-overloaded')
    expect(classify(500, 'oops')).toBe('provider-error')
  })
})

describe('what a message quotes is not what it says', () => {
  test.each([
    [400, "Invalid value: 'invalid api key'. Supported values are: 'auto' and 'default'."],
    [400, 'Invalid value: "insufficient quota" for service_tier.'],
    [422, 'tool `add_payment_method` was called with `out of credits`'],
    [400, "'unknown model' is not one of ['low', 'high']"],
  ])('%i %s is about the request', (status, message) => {
    expect(classify(status, message)).toBe('provider-rejected')
  })

  test("an apostrophe quotes nothing, and a model's quoted name may be between the words about it", () => {
    expect(classify(400, "You don't have enough: insufficient balance. It's empty.")).toBe('provider-quota')
    expect(classify(400, "The model 'gpt-x' does not exist")).toBe('provider-model-missing')
    expect(classify(400, 'The model `gpt.4 x` does not exist')).toBe('provider-model-missing')
  })
})

test('what else may be missing is not the model, which other requests go on to use', () => {
  for (const message of [
    'File not found: file_123',
    'No file found with id file_123',
    "Previous response with id 'resp_1' not found.",
    'Item rs_1 not found',
    'Container cntr_1 not found',
    'Could not find vector store vs_1',
  ]) {
    expect(classify(404, message)).toBe('provider-rejected')
  }
  for (const message of [
    '',
    'Not Found',
    'model: claude-x',
    'The model x does not exist (see the models file)',
  ]) {
    expect(classify(404, message)).toBe('provider-model-missing')
  }
})
