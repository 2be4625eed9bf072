import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { JsonObject } from '../../kit/json.ts'
import { readModel, readRest, type ChatBody } from '../read-chat.ts'
import { presentExtra } from '../unknown-members.ts'
import { readInput } from './input.ts'
import { PARAMETERS } from './parameters.ts'
import { BOUND_FIELDS, FAMILY, FIELDS, LIMIT_FIELD } from './vocabulary.ts'
import { runsAtClient } from './tools.ts'

/**
 * Reads the body of `POST /v1/responses`. Null stands for absent; what is not known stays in `extra`.
 * Throws `Failure('invalid-request', { param })` that names the first field at fault.
 */
export function decodeChat(body: JsonObject): ChatRequest {
  if (FIELDS.flag(body, 'background') === true)
    FIELDS.refuse('background', 'is not served: send the request without it and read the stream')
  const { turns, tools, extra } = readInput(body)
  const request: Mutable<ChatRequest> = {
    operation: 'chat',
    model: readModel(body, FIELDS),
    turns: [...readInstructions(body), ...turns],
    stream: false,
    wantsUsage: true,
  }
  const joined: ChatBody = { ...BODY, adjust: (chat) => (chat.tools = [...(chat.tools ?? []), ...tools]) }
  readRest(request, body, tools.length === 0 ? BODY : joined)
  if (extra !== undefined) request.extra = { ...request.extra, ...extra }
  if (turns.length === 0 && request.bound === undefined)
    FIELDS.refuse('input', 'must be a text or hold at least one item')
  return request
}

const BODY: ChatBody = {
  fields: FIELDS,
  parameters: { read: (chat, body) => presentExtra(FAMILY, PARAMETERS.read(chat, body))?.[FAMILY] },
  adjust: () => {},
  bound: BOUND_FIELDS,
  limits: [LIMIT_FIELD],
  isClientTool: runsAtClient,
}

function readInstructions(body: JsonObject): readonly Turn[] {
  const text = FIELDS.text(body, 'instructions')
  if (text === undefined || text === '') return []
  return [{ role: 'system', blocks: [{ type: 'text', text }], at: 'instructions' }]
}
