import type { ChatRequest } from '../../exchange/chat.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { countRequest } from '../count-tokens.ts'
import type { DecodedRequest, RequestHead } from '../dialect.ts'
import { readRest, type ChatBody } from '../read-chat.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readConversation } from './decode-contents.ts'
import { inCamel } from './in-camel.ts'
import { PARAMETERS } from './parameters.ts'
import { BOUND_FIELDS, CONFIG, FIELDS } from './vocabulary.ts'

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
  return withOptions(countRequest(chat), named)
}

/** A request that was read, with what was asked of the gateway itself. */
export function withOptions<Request>(
  request: Request,
  body: JsonObject,
): { request: Request; requestOptions?: Json } {
  const requestOptions = body[OPTIONS_FIELD]
  return requestOptions === undefined ? { request } : { request, requestOptions }
}

const BODY: ChatBody = {
  fields: FIELDS,
  parameters: PARAMETERS,
  bound: BOUND_FIELDS,
  limits: ['maxOutputTokens'],
  limitsWithin: CONFIG,
}

function decodeChat(written: JsonObject, { params }: RequestHead): ChatRequest {
  const named = inCamel(written)
  const config = FIELDS.object(named, CONFIG)
  const body = config === undefined ? named : { ...named, [CONFIG]: inCamel(config) }
  const { model = FIELDS.refuseAbsent('model') } = params
  const turns = readConversation(body)
  const chat: Mutable<ChatRequest> = { operation: 'chat', model, turns, stream: false, wantsUsage: true }
  readRest(chat, body, BODY)
  return chat
}
