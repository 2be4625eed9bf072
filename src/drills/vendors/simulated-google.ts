import type { JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { checkGoogleRequest, checkGoogleTexts } from './google-rules.ts'
import type { Vendor } from './vendor.ts'

/** Status to canonical code and message (https://ai.google.dev/gemini-api/docs/troubleshooting, November 2026). */
const STATUSES: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['INVALID_ARGUMENT', 'The request could not be understood.'],
  401: ['UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected a valid API key.'],
  402: ['FAILED_PRECONDITION', 'Billing is not enabled for this project.'],
  403: ['PERMISSION_DENIED', 'The API key does not have permission to access this resource.'],
  404: ['NOT_FOUND', 'The requested resource was not found.'],
  408: ['DEADLINE_EXCEEDED', 'The request timed out.'],
  409: ['ABORTED', 'The operation was aborted.'],
  413: ['INVALID_ARGUMENT', 'The request is too large.'],
  422: ['INVALID_ARGUMENT', 'The request could not be processed.'],
  429: ['RESOURCE_EXHAUSTED', 'You exceeded your rate limit, please try again later.'],
  500: ['INTERNAL', 'An internal error has occurred.'],
  502: ['UNAVAILABLE', 'Bad gateway.'],
  503: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  504: ['DEADLINE_EXCEEDED', 'The service is unable to finish processing within the deadline.'],
  529: ['UNAVAILABLE', 'The model is overloaded. Please try again later.'],
}

const TYPES = 'type.googleapis.com/google.rpc.'

/** A company that speaks `gemini` as Google does. */
export const simulatedGoogle: Vendor = {
  dialect: 'gemini',
  signatureScheme: 'thoughtSignature',
  signsCalls: true,
  ping: ': keep-alive\r\n\r\n',
  checks: { chat: ({ body }) => checkGoogleRequest(body), embed: ({ body }) => checkGoogleTexts(body) },
  headers: () => ({ 'x-gemini-service-tier': 'standard' }),
  errorBody: (error) => ({
    error: {
      code: error.status,
      message: error.message,
      status: error.details.type ?? STATUSES[error.status]?.[0] ?? 'INTERNAL',
      ...detailsOf(error),
    },
  }),
  errorEvent: (error, requestId) =>
    `data: ${JSON.stringify(simulatedGoogle.errorBody(error, requestId))}\r\n\r\n`,
  unauthorised: (presented) =>
    presented
      ? new VendorError(400, 'API key not valid. Please pass a valid API key.', { code: 'API_KEY_INVALID' })
      : new VendorError(403, "Method doesn't allow unregistered callers. Please use API Key."),
  modelMissing: (model) =>
    new VendorError(404, `models/${model} is not found for API version v1beta, or is not supported.`),
  contextOverflow: ({ inputTokens, limitTokens }) =>
    new VendorError(
      400,
      `The input token count (${inputTokens}) exceeds the maximum number of tokens allowed (${limitTokens}).`,
    ),
  quotaSpent: () =>
    new VendorError(429, 'You exceeded your current quota, please check your plan and billing details.', {
      code: 'GenerateRequestsPerDayPerProjectPerModel',
    }),
  brokenSignature: ({ message, block }) =>
    new VendorError(400, `Thought signature is not valid. (contents[${message}].parts[${block}])`),
  statusError: (status, retryAfterSeconds) => {
    const [type, message] = STATUSES[status] ?? ['INTERNAL', 'An internal error has occurred.']
    return new VendorError(status, message, {
      type,
      ...(retryAfterSeconds === undefined ? {} : { param: `${retryAfterSeconds}s` }),
    })
  },
  breakdown: () => new VendorError(503, 'The model is overloaded. Please try again later.'),
  requestId: (hex) => hex.slice(0, 22),
  callId: (hex) => hex.slice(0, 12),
}

/** Statuses with which a wait may be told (https://google.aip.dev/193). */
const WAITS: ReadonlySet<number> = new Set([429, 503])

/** Waits, quotas and reasons stand in the body; there are no headers for them. */
function detailsOf({ status, details: { code, param } }: VendorError): { details?: readonly JsonObject[] } {
  const details: JsonObject[] = []
  if (WAITS.has(status) && param !== undefined)
    details.push({ '@type': `${TYPES}RetryInfo`, retryDelay: param })
  if (status === 429 && code !== undefined)
    details.push({ '@type': `${TYPES}QuotaFailure`, violations: [{ quotaId: code }] })
  if (status === 400 && code !== undefined)
    details.push({ '@type': `${TYPES}ErrorInfo`, reason: code, domain: 'googleapis.com' })
  return details.length === 0 ? {} : { details }
}
