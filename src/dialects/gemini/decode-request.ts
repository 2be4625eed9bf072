import type { ChatRequest } from '../../exchange/chat.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { readObject, type Json, type JsonObject } from '../../kit/json.ts'
import { readBillMembers } from '../bill-members.ts'
import { addBound } from '../bound-content.ts'
import type { DecodedRequest, RequestHead } from '../dialect.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readConversation } from './decode-contents.ts'
import { inCamel } from './in-camel.ts'
import { PARAMETERS } from './parameters.ts'
import { BOUND_FIELDS, FAMILY, FIELDS } from './vocabulary.ts'

/**
 * Reads the body of `generateContent`; model and streaming stand in the path. Tolerant: names may be written in snake case, null
 * counts as absent and unknown fields and parts are kept for the family; what is known must have its type.
 * Throws `Failure('invalid-request', { param })`.
 */
export function decodeRequest(body: JsonObject, head: RequestHead): DecodedRequest<'chat'> {
  const stream = head.endpoint.endsWith(':streamGenerateContent')
  if (stream && head.query?.get('alt') !== 'sse')
    FIELDS.refuse('alt', 'has to be sse: answers are streamed as events, not as one array')
  return withOptions({ ...decodeChat(body, head), stream }, body)
}

/** As `decodeRequest`, for `countTokens`, which takes a conversation or a whole request for an answer to it. */
export function decodeCountRequest(body: JsonObject, head: RequestHead): DecodedRequest<'count-tokens'> {
  const named = inCamel(body)
  const whole = FIELDS.object(named, 'generateContentRequest')
  const chat = decodeChat(whole ?? named, head)
  const request: Mutable<CountTokensRequest> = {
    operation: 'count-tokens',
    model: chat.model,
    chat,
    stream: false,
  }
  setDefined(request, 'bearing', chat.bearing)
  setDefined(request, 'extra', chat.extra)
  return withOptions(request, named)
}

function withOptions<Request>(
  request: Request,
  body: JsonObject,
): { request: Request; requestOptions?: Json } {
  const requestOptions = body[OPTIONS_FIELD]
  return requestOptions === undefined ? { request } : { request, requestOptions }
}

function decodeChat(written: JsonObject, { params }: RequestHead): ChatRequest {
  const body = inCamel(written)
  const model = params['model'] ?? ''
  if (model === '') FIELDS.refuseAbsent('model')
  const turns = readConversation(body)
  const request: Mutable<ChatRequest> = { operation: 'chat', model, turns, stream: false, wantsUsage: true }
  const config = inCamel(FIELDS.object(body, 'generationConfig') ?? {})
  const unknown = inPlaces(PARAMETERS.read(request, { ...body, ...config }), config)
  if (unknown !== undefined) request.extra = { [FAMILY]: unknown }
  setDefined(request, 'bearing', readBillMembers(unknown, request).bearing)
  setDefined(request, 'bound', addBound(undefined, unknown, { family: FAMILY, fields: BOUND_FIELDS }))
  return request
}

/** What is not understood, where it stood: in `generationConfig` or beside it. */
function inPlaces(unknown: JsonObject | undefined, config: JsonObject): JsonObject | undefined {
  if (unknown === undefined) return undefined
  const isInside = ([name]: readonly [string, unknown]): boolean => config[name] !== undefined
  const entries = Object.entries(unknown)
  const inside = entries.filter(isInside)
  const beside = Object.fromEntries(entries.filter((entry) => !isInside(entry)))
  return inside.length === 0 ? beside : { ...beside, generationConfig: Object.fromEntries(inside) }
}

/** What the family wrote into `generationConfig` that is not understood here. */
export function ownConfig(chat: ChatRequest): JsonObject | undefined {
  return readObject(chat.extra?.[FAMILY] ?? {}, 'generationConfig')
}
