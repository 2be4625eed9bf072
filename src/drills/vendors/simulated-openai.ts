import type { Json } from '../../kit/json.ts'
import { sseData } from '../../kit/sse.ts'
import { VendorError } from '../vendor-error.ts'
import { checkOpenaiRequest } from './openai-rules.ts'
import type { Vendor } from './vendor.ts'
import { defined } from '../../kit/defined.ts'

const OVERLOADED = 'The engine is currently overloaded, please try again later.'
const SERVER_ERROR = 'The server had an error while processing your request. Sorry about that!'
const REQUESTS_PER_MINUTE = 10_000
const TOKENS_PER_MINUTE = 2_000_000

/** Status to type, code and message (error code guide, November 2026). */
const STATUSES: Readonly<Record<number, readonly [type: string, code: string | undefined, message: string]>> =
  {
    400: ['invalid_request_error', undefined, 'The request could not be understood.'],
    401: ['invalid_request_error', 'invalid_api_key', 'Incorrect API key provided: sim****.'],
    402: [
      'insufficient_quota',
      'insufficient_quota',
      'You exceeded your current quota, please check your plan and billing details.',
    ],
    403: [
      'invalid_request_error',
      'unsupported_country_region_territory',
      'Country, region, or territory not supported',
    ],
    404: [
      'invalid_request_error',
      'model_not_found',
      'The model does not exist or you do not have access to it.',
    ],
    408: ['timeout', undefined, 'Request timed out.'],
    409: ['conflict', undefined, 'The resource was changed by another request.'],
    413: ['invalid_request_error', 'request_too_large', 'The request is too large.'],
    422: ['invalid_request_error', undefined, 'The request could not be processed.'],
    429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
    500: ['server_error', undefined, SERVER_ERROR],
    502: ['server_error', undefined, 'Bad gateway.'],
    503: ['server_error', undefined, OVERLOADED],
    504: ['server_error', undefined, 'Gateway timeout.'],
    529: ['server_error', undefined, OVERLOADED],
  }

/** Tiers that are served as they are asked for. */
const OTHER_TIERS: ReadonlySet<string> = new Set(['flex', 'priority'])

/** A company that speaks `openai-chat` as OpenAI does. */
export const simulatedOpenai: Vendor = {
  dialect: 'openai-chat',
  answerFields: ({ serviceTier = '' }) => ({
    service_tier: OTHER_TIERS.has(serviceTier) ? serviceTier : 'default',
    system_fingerprint: 'fp_simulated',
  }),
  ping: ': keep-alive\n\n',
  checks: { chat: ({ body }) => checkOpenaiRequest(body) },
  headers: ({ requestId, ordinal }) => ({
    'x-request-id': requestId,
    'openai-organization': 'org-simulated',
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': String(REQUESTS_PER_MINUTE),
    'x-ratelimit-limit-tokens': String(TOKENS_PER_MINUTE),
    'x-ratelimit-remaining-requests': String(REQUESTS_PER_MINUTE - (ordinal % REQUESTS_PER_MINUTE)),
    'x-ratelimit-remaining-tokens': String(TOKENS_PER_MINUTE),
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-reset-tokens': '0s',
  }),
  errorBody: (error) => ({
    error: {
      message: error.message,
      type: error.details.type ?? STATUSES[error.status]?.[0] ?? 'server_error',
      param: error.details.param ?? null,
      code: error.details.code ?? null,
    },
  }),
  errorEvent: (error, requestId) => sseData(JSON.stringify(simulatedOpenai.errorBody(error, requestId))),
  unauthorised: (presented) =>
    presented
      ? new VendorError(
          401,
          'Incorrect API key provided: sim****. You can find your API key at https://platform.openai.com/account/api-keys.',
          { code: 'invalid_api_key' },
        )
      : new VendorError(
          401,
          "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        ),
  modelMissing: (model) =>
    new VendorError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
    }),
  contextOverflow: ({ inputTokens, outputTokens, limitTokens }) =>
    new VendorError(
      400,
      inputTokens > limitTokens
        ? `This model's maximum context length is ${limitTokens} tokens. However, your messages resulted in ${inputTokens} tokens. Please reduce the length of the messages.`
        : `This model's maximum context length is ${limitTokens} tokens. However, you requested ${inputTokens + outputTokens} tokens (${inputTokens} in the messages, ${outputTokens} in the completion). Please reduce the length of the messages or completion.`,
      { param: 'messages', code: 'context_length_exceeded', type: 'invalid_request_error' },
    ),
  quotaSpent: () =>
    new VendorError(429, 'You exceeded your current quota, please check your plan and billing details.', {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  brokenSignature: () =>
    new VendorError(400, 'The encrypted content could not be verified.', {
      code: 'invalid_encrypted_content',
    }),
  statusError: (status, retryAfterSeconds) => {
    const [type, code, message] = STATUSES[status] ?? ['server_error', undefined, SERVER_ERROR]
    const wait = retryAfterSeconds === undefined ? '' : ` Please try again in ${retryAfterSeconds}s.`
    return new VendorError(status, `${message}${wait}`, {
      type,
      ...defined({ code }),
      ...(retryAfterSeconds === undefined ? {} : { headers: waitHeaders(status, retryAfterSeconds) }),
    })
  },
  breakdown: () => new VendorError(500, SERVER_ERROR, { type: 'server_error' }),
  requestId: (hex) => `req_${hex}`,
  callId: (hex) => `call_${hex.slice(0, 24)}`,
  logprob,
}

function waitHeaders(status: number, seconds: number): Record<string, string> {
  const wait = { 'retry-after': String(seconds), 'retry-after-ms': String(seconds * 1_000) }
  if (status !== 429) return wait
  return { ...wait, 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': `${seconds}s` }
}

function logprob(piece: string, value = -0.125): Json {
  const bytes = [...new TextEncoder().encode(piece)]
  return { token: piece, logprob: value, bytes, top_logprobs: [{ token: piece, logprob: value, bytes }] }
}
