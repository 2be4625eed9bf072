import { sseData } from '../../kit/sse.ts'
import { VendorError } from '../vendor-error.ts'
import type { Vendor } from './vendor.ts'

/** What the company says with a status (https://docs.cohere.com/reference/errors). */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'invalid request: the request could not be understood.',
  401: 'invalid api token',
  402: 'Please add or update your payment method at https://dashboard.cohere.com/billing',
  403: 'You do not have access to this resource.',
  404: 'model not found, make sure the correct model ID was used and that you have access to the model.',
  422: 'the request is valid and could not be processed.',
  429: 'You are using a Trial key, which is limited to 40 API calls / minute.',
  500: 'internal server error, this has been reported to our developers',
  503: 'the service is unavailable, please try again later.',
}

const INTERNAL = STATUSES[500] ?? ''

/** A company that speaks `cohere` as Cohere does, and charges for searches. */
export const simulatedCohere: Vendor = {
  dialect: 'cohere',
  charges: 'searches',
  ping: '',
  checks: {},
  headers: ({ requestId }) => ({ 'x-debug-trace-id': requestId }),
  errorBody: ({ message }, requestId) => ({ id: requestId, message }),
  errorEvent: (error, requestId) => sseData(JSON.stringify(simulatedCohere.errorBody(error, requestId))),
  unauthorised: (presented) => new VendorError(401, presented ? 'invalid api token' : 'no api key supplied'),
  modelMissing: (model) =>
    new VendorError(
      404,
      `model '${model}' not found, make sure the correct model ID was used and that you have access to the model.`,
    ),
  contextOverflow: ({ inputTokens, limitTokens }) =>
    new VendorError(
      400,
      `too many tokens: size limit exceeded by ${inputTokens - limitTokens} tokens. Try using shorter or fewer inputs. The limit for this model is ${limitTokens} tokens.`,
    ),
  quotaSpent: () => new VendorError(402, STATUSES[402] ?? ''),
  brokenSignature: () => new VendorError(400, STATUSES[400] ?? ''),
  statusError: (status, retryAfterSeconds) =>
    new VendorError(
      status,
      STATUSES[status] ?? INTERNAL,
      retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } },
    ),
  breakdown: () => new VendorError(500, INTERNAL),
  requestId: (hex) => hex,
  callId: (hex) => hex.slice(0, 12),
}
