import { isObject, type JsonObject } from '../../kit/json.ts'
import { ChatRequests } from '../chat-requests.ts'
import type { Body } from '../fates.ts'
import { markBegun } from './begun-answer.ts'
import { fieldValue, leaveOut, leaveOutSampling, passLimit, type Passing } from '../passing.ts'
import { towards } from '../towards.ts'
import { toWireUser } from '../user-id.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, LIMIT_FIELDS, TOOL_RULES, FORWARD_HEADERS } from './vocabulary.ts'
import { writeTools } from './tools.ts'
import { writeTurns } from './turns.ts'

/** What providers of Chat Completions are told. In the native lane usage is switched on for the ledger. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: FORWARD_HEADERS,
  write(request, context) {
    const to = towards(request, context, TOOL_RULES)
    const messages = writeTurns(to)
    const body: Body = { ...request.extra?.[FAMILY], model: context.model, messages }
    markBegun(to, messages, body)
    writeTools(to, body)
    PARAMETERS.write(request, to, body)
    return body
  },
  edit(passing) {
    passLimit(passing, LIMIT_FIELDS, passing.context.quirks.maxTokensParam)
    leaveOutSampling(passing, PARAMETERS.sampling)
    passUser(passing)
    passStreamOptions(passing)
  },
})

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
