import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Extra } from '../../exchange/content.ts'
import type { Operation } from '../../exchange/operation.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { DecodedRequest } from '../dialect.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { decodeContent } from './decode-content.ts'
import { decodeParameters } from './decode-parameters.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { isAbsent, optionalArray, optionalBoolean, readExtra, refuse, requireString } from './read-fields.ts'
import { FAMILY, REQUEST_FIELDS } from './schema.ts'

/**
 * Reads the body of `POST /v1/messages` or `/v1/messages/count_tokens`. Tolerant: null counts as absent and unknown fields
 * and blocks are kept for the family; what is known must have its type. Throws `Failure('invalid-request', { param })`.
 */
export function decodeRequest(body: JsonObject, operation: Operation): DecodedRequest {
  const counting = operation === 'count-tokens'
  if (!counting && isAbsent(body['max_tokens'])) refuse('max_tokens', 'Field required')
  const chat = decodeChat(body)
  const wishes = body[WISHES_FIELD]
  return {
    request: counting
      ? { operation, model: chat.model, chat: { ...chat, stream: false }, stream: false }
      : chat,
    ...(wishes === undefined ? {} : { wishes }),
  }
}

function decodeChat(body: JsonObject): ChatRequest {
  const model = requireString(body, 'model', '')
  if (model === '') refuse('model', 'Input should not be empty')
  const { parameters, rest } = decodeParameters(body)
  const turns = [...decodeSystem(body['system']), ...decodeMessages(body)]
  const { tools } = decodeTools(body)
  const { toolChoice, parallelToolCalls } = decodeToolChoice(body)
  const stream = optionalBoolean(body, 'stream', '') ?? false
  const extra = mergeRest(readExtra(body, REQUEST_FIELDS).extra, rest)
  return {
    ...parameters,
    operation: 'chat',
    model,
    turns,
    stream,
    wantsUsage: true,
    ...defined({ tools, toolChoice, parallelToolCalls, extra }),
  }
}

/** One leading system turn; its blocks keep the boundaries and marks of the segments. */
function decodeSystem(system: Json | undefined): readonly Turn[] {
  if (isAbsent(system)) return []
  const blocks = decodeContent(system, 'system')
  return blocks.length === 0 ? [] : [{ role: 'system', blocks }]
}

const TURN_FIELDS: ReadonlySet<string> = new Set(['role', 'content'])

function decodeMessages(body: JsonObject): readonly Turn[] {
  const messages = optionalArray(body, 'messages', '')
  if (messages === undefined) return refuse('messages', 'Field required')
  if (messages.length === 0) return refuse('messages', 'at least one message is required')
  return messages.map((message, index) => decodeMessage(message, `messages[${index}]`))
}

function decodeMessage(message: Json, path: string): Turn {
  if (!isObject(message)) return refuse(path, 'Input should be an object')
  const role = requireString(message, 'role', `${path}.`)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    return refuse(`${path}.role`, "Input should be 'user', 'assistant' or 'system'")
  }
  const blocks = decodeContent(message['content'], `${path}.content`)
  const { extra } = readExtra(message, TURN_FIELDS)
  return extra === undefined ? { role, blocks } : { role, blocks, extra }
}

function mergeRest(extra: Extra | undefined, rest: Readonly<Record<string, Json>>): Extra | undefined {
  return Object.keys(rest).length === 0 ? extra : { [FAMILY]: { ...extra?.[FAMILY], ...rest } }
}
