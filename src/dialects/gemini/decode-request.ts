import type { ChatRequest } from '../../exchange/chat.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { Mutable } from '../../kit/mutable.ts'
import { countRequest } from '../count-tokens.ts'
import type { DecodedRequest, RequestHead } from '../dialect.ts'
import { OPTIONS_FIELD, withOptions } from '../options-field.ts'
import { readRest, type ChatBody } from '../read-chat.ts'
import { readConversation } from './decode-contents.ts'
import { inCamel } from '../../kit/in-camel.ts'
import { PARAMETERS } from './parameters.ts'
import { modelInPath } from './path-of-model.ts'
import { settleStrictness } from './tools.ts'
import { ARRAY, BOUND_FIELDS, CONFIG, FIELDS } from './vocabulary.ts'

/**
 * Reads the body of `generateContent`; model and streaming stand in the path. Tolerant: names may be written in snake case, null
 * counts as absent and unknown fields and parts are kept for the family; what is known must have its type.
 * Throws `Failure('invalid-request', { param })`.
 */
export function decodeRequest(body: JsonObject, head: RequestHead): DecodedRequest<'chat'> {
  const stream = head.endpoint.endsWith(':streamGenerateContent')
  const request = { ...decodeChat(body, head), stream }
  const isArray = stream && head.query?.get('alt') !== 'sse'
  return withOptions(isArray ? { ...request, answerShape: ARRAY } : request, body)
}

/** As `decodeRequest`, for `countTokens`, which takes a conversation or a whole request for an answer to it. */
export function decodeCountRequest(body: JsonObject, head: RequestHead): DecodedRequest<'count-tokens'> {
  const named = inCamel(body)
  const whole = FIELDS.object(named, 'generateContentRequest')
  const chat = decodeChat(whole ?? named, head)
  // Beside a whole request nothing is counted, and nothing is told.
  const { extra } = whole === undefined ? {} : FIELDS.untold(named, BESIDE_WHOLE)
  const known = extra === undefined ? chat : { ...chat, extra: { ...chat.extra, ...extra } }
  return withOptions(countRequest(known), named)
}

const BESIDE_WHOLE: ReadonlySet<string> = new Set(['generateContentRequest', 'model', OPTIONS_FIELD])

const BODY: ChatBody = {
  fields: FIELDS,
  parameters: PARAMETERS,
  adjust: settleStrictness,
  bound: BOUND_FIELDS,
  limits: ['maxOutputTokens'],
  limitsWithin: CONFIG,
}

function decodeChat(written: JsonObject, head: RequestHead): ChatRequest {
  const named = inCamel(written)
  const config = FIELDS.object(named, CONFIG)
  const body = config === undefined ? named : { ...named, [CONFIG]: inCamel(config) }
  const model = modelInPath(head, body)
  const turns = readConversation(body)
  const chat: Mutable<ChatRequest> = { operation: 'chat', model, turns, stream: false, wantsUsage: true }
  readRest(chat, body, BODY)
  return chat
}
