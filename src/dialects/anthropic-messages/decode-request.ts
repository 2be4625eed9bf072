import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { countRequest } from '../count-tokens.ts'
import type { DecodedRequest } from '../dialect.ts'
import { isAbsent } from '../fields.ts'
import { readModel, readRest, type ChatBody } from '../read-chat.ts'
import { withOptions } from '../options-field.ts'
import { readContent } from './blocks.ts'
import { withJoinedTools } from './decode-tool-changes.ts'
import { PARAMETERS } from './parameters.ts'
import { BOUND_FIELDS, CLIENT_TOOLS, FIELDS } from './vocabulary.ts'

/**
 * Reads the body of `POST /v1/messages`. Tolerant: null counts as absent and unknown fields and blocks are kept for the family;
 * what is known must have its type. Throws `Failure('invalid-request', { param })`.
 */
export function decodeRequest(body: JsonObject): DecodedRequest<'chat'> {
  if (isAbsent(body['max_tokens'])) FIELDS.refuseAbsent('max_tokens')
  return withOptions(decodeChat(body), body)
}

/** As `decodeRequest`, for `POST /v1/messages/count_tokens`, which asks for no answer. */
export function decodeCountRequest(body: JsonObject): DecodedRequest<'count-tokens'> {
  return withOptions(countRequest(decodeChat(body)), body)
}

const BODY: ChatBody = {
  fields: FIELDS,
  parameters: PARAMETERS,
  adjust: (chat) => setDefined(chat, 'tools', withJoinedTools(chat.tools, chat.turns)),
  bound: BOUND_FIELDS,
  limits: ['max_tokens'],
  isClientTool: (name) => CLIENT_TOOLS.test(name),
}

function decodeChat(body: JsonObject): ChatRequest {
  const model = readModel(body, FIELDS)
  const turns: Turn[] = []
  decodeSystem(turns, body)
  decodeMessages(turns, body)
  const chat: Mutable<ChatRequest> = { operation: 'chat', model, turns, stream: false, wantsUsage: true }
  readRest(chat, body, BODY)
  return chat
}

/** One leading system turn; its blocks keep the boundaries and marks of the segments. */
function decodeSystem(turns: Turn[], body: JsonObject): void {
  if (isAbsent(body['system'])) return
  const blocks = readContent(body, 'system', '')
  if (blocks.length > 0) turns.push({ role: 'system', blocks, at: 'system' })
}

const TURN_FIELDS: ReadonlySet<string> = new Set(['role', 'content'])

function decodeMessages(turns: Turn[], body: JsonObject): void {
  const messages = FIELDS.array(body, 'messages') ?? FIELDS.refuseAbsent('messages')
  if (messages.length === 0) FIELDS.refuse('messages', 'at least one message is required')
  let index = 0
  for (const message of messages) {
    turns.push(decodeMessage(message, index))
    index += 1
  }
}

function decodeMessage(value: Json, index: number): Turn {
  const at = `messages[${index}]`
  const message = FIELDS.asObject(value, at)
  const role = FIELDS.requiredText(message, 'role', at)
  if (role !== 'user' && role !== 'assistant' && role !== 'system')
    return FIELDS.refuseKind(`${at}.role`, "'user', 'assistant' or 'system'")
  return { role, blocks: readContent(message, 'content', at), at, ...FIELDS.unknown(message, TURN_FIELDS) }
}
