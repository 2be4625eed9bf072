import { ChatRequests } from '../chat-requests.ts'
import type { Body } from '../fates.ts'
import { clampedOutput, leaveOutSampling, saysField } from '../passing.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, FORWARD_HEADERS, LIMIT_FIELD } from './vocabulary.ts'
import { toResponses } from './to-responses.ts'
import { TOOLS } from './tools.ts'
import { writeTurns } from './turns.ts'

/** What providers of Responses are told: to keep nothing, unless the client said otherwise in its own words. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: FORWARD_HEADERS,
  write(chat, context, how) {
    const to = toResponses(chat, context)
    const body: Body = { store: false, ...chat.extra?.[FAMILY], model: context.model }
    writeTurns(to, body)
    TOOLS.write(to, body)
    PARAMETERS[how](chat, to, body)
    return how === 'write' ? body : Object.fromEntries(COUNTED_FIELDS.map((name) => [name, body[name]]))
  },
  edit(passing) {
    const most = clampedOutput(passing)
    if (most !== undefined && saysField(passing, LIMIT_FIELD))
      passing.edits.push({ key: LIMIT_FIELD, value: String(most) })
    leaveOutSampling(passing, PARAMETERS.sampling)
  },
})

/** All that is taken where tokens are counted (https://platform.openai.com/docs/api-reference/responses/input-tokens). */
const COUNTED_FIELDS: readonly string[] = [
  'model',
  'instructions',
  'input',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
  'personality',
  'conversation',
]
