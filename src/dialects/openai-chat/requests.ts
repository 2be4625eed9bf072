import { isObject, type JsonObject } from '../../kit/json.ts'
import { ChatRequests } from '../chat-requests.ts'
import type { Body } from '../fates.ts'
import {
  clampedOutput,
  fieldText,
  fieldValue,
  leaveOut,
  leaveOutSampling,
  saysField,
  type Passing,
} from '../passing.ts'
import { towards } from '../towards.ts'
import { toWireUser } from '../user-id.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, FORWARD_HEADERS, LIMIT_FIELDS, TOOL_RULES } from './vocabulary.ts'
import { writeTools } from './tools.ts'
import { writeTurns } from './turns.ts'

/** What providers of Chat Completions are told. In the native lane usage is switched on for the ledger. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: FORWARD_HEADERS,
  write(request, context) {
    const to = towards(request, context, TOOL_RULES)
    const body: Body = { ...request.extra?.[FAMILY], model: context.model, messages: writeTurns(to) }
    writeTools(to, body)
    PARAMETERS.write(request, to, body)
    return body
  },
  edit(passing) {
    passLimit(passing)
    leaveOutSampling(passing, PARAMETERS.sampling)
    passUser(passing)
    passStreamOptions(passing)
  },
})
/** Tells the output limit by the name that the provider is known to take, and no more than the model gives. */
function passLimit(passing: Passing): void {
  const { chat, context, edits } = passing
  const name = context.quirks.maxTokensParam
  const most = clampedOutput(passing)
  if (chat.maxOutputTokens === undefined || (name === undefined && most === undefined)) return
  let first: string | undefined
  let kept = name
  for (const field of LIMIT_FIELDS) {
    if (!saysField(passing, field)) continue
    first ??= field
    kept ??= field
    if (field !== kept) edits.push({ key: field, value: undefined })
  }
  if (first === undefined || kept === undefined) return
  if (most !== undefined) edits.push({ key: kept, value: String(most) })
  else if (kept !== first) edits.push({ key: kept, value: fieldText(passing, first) })
}

function passUser({ chat, context, edits }: Passing): void {
  const most = context.quirks.maxUserCharacters
  if (chat.user === undefined || most === undefined || chat.user.length <= most) return
  edits.push({ key: 'user', value: JSON.stringify(toWireUser(chat.user, most, context.notice)) })
}

function passStreamOptions(passing: Passing): void {
  const { chat, context, edits } = passing
  if (context.quirks.streamOptions === false) leaveOut(passing, 'stream_options')
  else if (chat.stream && !chat.wantsUsage) {
    const options = fieldValue(passing, 'stream_options')
    const wanted: JsonObject = { ...(isObject(options) ? options : {}), include_usage: true }
    edits.push({ key: 'stream_options', value: JSON.stringify(wanted) })
  }
}
