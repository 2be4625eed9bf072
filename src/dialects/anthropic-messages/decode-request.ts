import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Bearing } from '../../exchange/bearing.ts'
import type { Extra } from '../../exchange/content.ts'
import type { ModelRequest, Operation } from '../../exchange/operation.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { addBound } from '../bound-content.ts'
import type { DecodedRequest } from '../dialect.ts'
import { disagreeing, readBillMembers } from '../bill-members.ts'
import { isEmpty } from '../unknown-members.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { decodeContent } from './decode-request-blocks.ts'
import { decodeParameters } from './decode-parameters.ts'
import { joinedTools } from './decode-tool-changes.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { isAbsent, optionalArray, optionalBoolean, readExtra, refuse, requireString } from './read-fields.ts'
import { BOUND_FIELDS, CLIENT_TOOLS, FAMILY, REQUEST_FIELDS } from './schema.ts'

/**
 * Reads the body of `POST /v1/messages` or `/v1/messages/count_tokens`. Tolerant: null counts as absent and unknown fields
 * and blocks are kept for the family; what is known must have its type. Throws `Failure('invalid-request', { param })`.
 */
export function decodeRequest(body: JsonObject, operation: Operation): DecodedRequest {
  const counting = operation === 'count-tokens'
  if (!counting && isAbsent(body['max_tokens'])) refuse('max_tokens', 'Field required')
  const chat = decodeChat(body)
  const wishes = body[WISHES_FIELD]
  const request: ModelRequest = counting
    ? { operation, model: chat.model, chat: { ...chat, stream: false }, stream: false }
    : chat
  return wishes === undefined ? { request } : { request, wishes }
}

function decodeChat(body: JsonObject): ChatRequest {
  const model = requireString(body, 'model', '')
  if (model === '') refuse('model', 'Input should not be empty')
  const request: Draft<ChatRequest> = {
    operation: 'chat',
    model,
    turns: NO_TURNS,
    stream: false,
    wantsUsage: true,
  }
  const rest = decodeParameters(request, body)
  const turns: Turn[] = []
  decodeSystem(turns, body)
  decodeMessages(turns, body)
  request.turns = turns
  setDefined(request, 'tools', decodeTools(body, joinedTools(turns)))
  decodeToolChoice(request, body)
  request.stream = optionalBoolean(body, 'stream', '') ?? false
  const extra = mergeRest(readExtra(body, REQUEST_FIELDS).extra, rest)
  setDefined(request, 'extra', extra)
  setDefined(request, 'bearing', decodeBearing(request, extra?.[FAMILY]))
  const found = addBound(undefined, extra?.[FAMILY], { family: FAMILY, fields: BOUND_FIELDS })
  setDefined(request, 'bound', found)
  return request
}

/** What bears on the bill beside the fields that are understood. Limits under other names must agree with the understood one. */
function decodeBearing(request: ChatRequest, unknown: JsonObject | undefined): Bearing | undefined {
  const { bearing, limits } = readBillMembers(unknown, request, (name) => CLIENT_TOOLS.test(name))
  if (limits.length === 0) return bearing
  const { maxOutputTokens } = request
  const known = maxOutputTokens === undefined ? [] : [{ path: 'max_tokens', tokens: maxOutputTokens }]
  const pair = disagreeing([...known, ...limits])
  if (pair === undefined) return bearing
  const [one, other] = pair
  return refuse(other, `limits the same as ${one} and disagrees with it`)
}

const NO_TURNS: readonly Turn[] = []

/** One leading system turn; its blocks keep the boundaries and marks of the segments. */
function decodeSystem(turns: Turn[], body: JsonObject): void {
  if (isAbsent(body['system'])) return
  const blocks = decodeContent(body, 'system', '')
  if (blocks.length > 0) turns.push({ role: 'system', blocks, at: 'system' })
}

const TURN_FIELDS: ReadonlySet<string> = new Set(['role', 'content'])

function decodeMessages(turns: Turn[], body: JsonObject): void {
  const messages = optionalArray(body, 'messages', '')
  if (messages === undefined) return refuse('messages', 'Field required')
  if (messages.length === 0) return refuse('messages', 'at least one message is required')
  let index = 0
  for (const message of messages) {
    turns.push(decodeMessage(message, index))
    index += 1
  }
}

function decodeMessage(message: Json, index: number): Turn {
  const at = `messages[${index}]`
  if (!isObject(message)) return refuse(at, 'Input should be an object')
  const path = `${at}.`
  const role = requireString(message, 'role', path)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return refuse(`${path}role`, "Input should be 'user', 'assistant' or 'system'")
  }
  const turn: Draft<Turn> = { role, blocks: decodeContent(message, 'content', path), at }
  setDefined(turn, 'extra', readExtra(message, TURN_FIELDS).extra)
  return turn
}

/** What of known objects only this family understands joins the unknown fields. */
function mergeRest(extra: Extra | undefined, rest: JsonObject): Extra | undefined {
  return isEmpty(rest) ? extra : { [FAMILY]: { ...extra?.[FAMILY], ...rest } }
}
