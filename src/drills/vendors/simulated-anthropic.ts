import { sseEvent } from '../../kit/sse.ts'
import { VendorError } from '../vendor-error.ts'
import { checkAnthropicRequest } from './anthropic-rules.ts'
import type { Vendor } from './vendor.ts'

const REQUESTS_PER_MINUTE = 4_000
const TOKENS_PER_MINUTE = 2_000_000
const MS_PER_MINUTE = 60_000

/** Status to type and message (errors page, November 2026). */
const STATUSES: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['invalid_request_error', 'The request could not be understood.'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'Your credit balance is too low to access the Anthropic API.'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'Not found'],
  408: ['timeout_error', 'Request timed out.'],
  409: ['conflict_error', 'The resource was changed by another request.'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  422: ['invalid_request_error', 'The request could not be processed.'],
  429: ['rate_limit_error', 'This request would exceed the rate limit for your organization.'],
  500: ['api_error', 'Internal server error'],
  502: ['api_error', 'Bad gateway'],
  503: ['overloaded_error', 'Overloaded'],
  504: ['timeout_error', 'Request timed out.'],
  529: ['overloaded_error', 'Overloaded'],
}

/** A company that speaks `anthropic-messages` as Anthropic does. */
export const simulatedAnthropic: Vendor = {
  dialect: 'anthropic-messages',
  signatureScheme: 'signature',
  ping: sseEvent('ping', '{"type": "ping"}'),
  checks: {
    chat: (request) => checkAnthropicRequest({ ...request, operation: 'chat' }),
    'count-tokens': (request) => checkAnthropicRequest({ ...request, operation: 'count-tokens' }),
  },
  headers: ({ requestId, ordinal, nowMs }) => ({
    'request-id': requestId,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    ...limitHeaders('requests', REQUESTS_PER_MINUTE, { used: ordinal % REQUESTS_PER_MINUTE, nowMs }),
    ...limitHeaders('tokens', TOKENS_PER_MINUTE, { used: 0, nowMs }),
    ...limitHeaders('input-tokens', TOKENS_PER_MINUTE, { used: 0, nowMs }),
    ...limitHeaders('output-tokens', TOKENS_PER_MINUTE, { used: 0, nowMs }),
  }),
  errorBody: (error, requestId) => ({
    type: 'error',
    error: {
      type: error.details.type ?? STATUSES[error.status]?.[0] ?? 'api_error',
      message: error.message,
    },
    request_id: requestId,
  }),
  errorEvent: (error, requestId) =>
    sseEvent('error', JSON.stringify(simulatedAnthropic.errorBody(error, requestId))),
  unauthorised: (presented) =>
    new VendorError(401, presented ? 'invalid x-api-key' : 'x-api-key header is required'),
  modelMissing: (model) => new VendorError(404, `model: ${model}`),
  contextOverflow: ({ inputTokens, outputTokens, limitTokens }) =>
    new VendorError(
      400,
      inputTokens > limitTokens
        ? `prompt is too long: ${inputTokens} tokens > ${limitTokens} maximum`
        : `input length and \`max_tokens\` exceed context limit: ${inputTokens} + ${outputTokens} > ${limitTokens}, decrease input length or \`max_tokens\` and try again`,
    ),
  quotaSpent: () =>
    new VendorError(402, 'Your credit balance is too low to access the Anthropic API.', {
      type: 'billing_error',
    }),
  brokenSignature: ({ fault, message, block }) =>
    new VendorError(
      400,
      fault === 'changed'
        ? `messages.${message}.content.${block}: Invalid \`signature\` in \`thinking\` block`
        : `messages.${message}.content.${block}: \`thinking\` block is bound to a different conversation`,
    ),
  statusError: (status, retryAfterSeconds) => {
    const [type, message] = STATUSES[status] ?? ['api_error', 'Internal server error']
    return new VendorError(status, message, {
      type,
      ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
    })
  },
  breakdown: () => new VendorError(529, 'Overloaded', { type: 'overloaded_error' }),
  requestId: (hex) => `req_01${hex.slice(0, 22)}`,
  callId: (hex) => `toolu_01${hex.slice(0, 22)}`,
}

function limitHeaders(
  kind: string,
  limit: number,
  { used, nowMs }: { readonly used: number; readonly nowMs: number },
): Record<string, string> {
  const name = `anthropic-ratelimit-${kind}`
  return {
    [`${name}-limit`]: String(limit),
    [`${name}-remaining`]: String(limit - used),
    // The window begins at the full minute.
    [`${name}-reset`]: new Date(Math.ceil(nowMs / MS_PER_MINUTE) * MS_PER_MINUTE).toISOString(),
  }
}
