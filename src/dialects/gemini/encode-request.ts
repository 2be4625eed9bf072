import type { ChatRequest } from '../../exchange/chat.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import { jsonText, writeObject } from '../../kit/json-text.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, TextRequest } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { isEmpty } from '../unknown-members.ts'
import { PARAMETERS } from './parameters.ts'
import { toProvider } from './to-gemini.ts'
import { writeTools } from './tools.ts'
import { writeTurns } from './turns.ts'
import { CONFIG, FAMILY, FORWARD_HEADERS } from './vocabulary.ts'

/**
 * Writes a canonical request for a provider of this dialect. The same request always gives the same text.
 * Throws `Failure('unsupported-feature')` for what cannot be carried and must not be dropped, and
 * `Failure('invalid-request')` for tool arguments that are not a JSON object.
 */
export function encodeRequest(chat: ChatRequest, context: RequestContext): TextRequest {
  refusePrefill(chat, context.capabilities)
  return toText(writeRequest(chat, context, 'write'), context)
}

/** As `encodeRequest`, for counting, which holds the request whose input is counted. */
export function encodeCountRequest({ chat }: CountTokensRequest, context: RequestContext): TextRequest {
  const counted = { model: `models/${context.model}`, ...writeRequest(chat, context, 'writeCounted') }
  return toText({ generateContentRequest: jsonText(writeObject(counted)) }, context)
}

function toText(body: JsonObject, { headers }: RequestContext): TextRequest {
  return { body: writeObject(body), headers: pickHeaders(headers, FORWARD_HEADERS) }
}

function writeRequest(
  chat: ChatRequest,
  context: RequestContext,
  write: 'write' | 'writeCounted',
): JsonObject {
  refuseBound(chat, FAMILY, context.quirks)
  noteForeignExtra(chat, FAMILY, context.notice)
  const to = toProvider(chat, context)
  const body: Body = { ...chat.extra?.[FAMILY] }
  PARAMETERS[write](chat, to, body)
  const config = obeyFieldNames(readObject(body, CONFIG) ?? {}, context)
  return {
    ...body,
    ...writeTools(to),
    ...writeTurns(to),
    [CONFIG]: isEmpty(config) ? undefined : config,
  }
}
