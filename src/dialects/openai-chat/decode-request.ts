import type { ChatRequest } from '../../exchange/chat.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { JsonObject } from '../../kit/json.ts'
import { readModel, readRest, type ChatBody } from '../read-chat.ts'
import { decodeMessages } from './decode-messages.ts'
import { PARAMETERS, readWantsUsage } from './parameters.ts'
import { BOUND_FIELDS, BOUND_MESSAGE_FIELDS, FIELDS, LIMIT_FIELDS } from './vocabulary.ts'
import { offersFunctions } from './tools.ts'

const BODY: ChatBody = {
  fields: FIELDS,
  parameters: PARAMETERS,
  adjust,
  bound: BOUND_FIELDS,
  boundInMessages: BOUND_MESSAGE_FIELDS,
  limits: LIMIT_FIELDS,
}

/**
 * Reads the body of `POST /v1/chat/completions`. Tolerates null for absent, the deprecated function fields and the
 * fields that compatible servers add; keeps what it does not know in `extra`.
 * Throws `Failure('invalid-request', { param })` that names the first field at fault.
 */
export function decodeChat(body: JsonObject): ChatRequest {
  const model = readModel(body, FIELDS)
  const messages = FIELDS.array(body, 'messages') ?? FIELDS.refuseAbsent('messages')
  if (messages.length === 0) FIELDS.refuse('messages', 'must hold at least one message')
  const chat: Mutable<ChatRequest> = {
    operation: 'chat',
    model,
    turns: decodeMessages(messages),
    stream: false,
    wantsUsage: readWantsUsage(body),
  }
  readRest(chat, body, BODY)
  return chat
}

/** The deprecated form of calls holds one call. */
function adjust(chat: Mutable<ChatRequest>, body: JsonObject): void {
  if (!offersFunctions(body)) return
  chat.legacyCalls = true
  chat.parallelToolCalls = false
}
