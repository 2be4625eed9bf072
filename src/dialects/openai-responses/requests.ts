import { AGENT_HEADERS } from '../agent-headers.ts'
import { ChatRequests } from '../chat-requests.ts'
import type { Body } from '../fates.ts'
import { leaveOutSampling, passLimit } from '../passing.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, LIMIT_FIELD } from './vocabulary.ts'
import { toResponses } from './to-responses.ts'
import { TOOLS } from './tools.ts'
import { writeTurns } from './turns.ts'

/** What providers of Responses are told: to keep nothing, unless the client said otherwise in its own words. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: AGENT_HEADERS,
  write(chat, context, how) {
    const to = toResponses(chat, context)
    const body: Body = { store: false, ...chat.extra?.[FAMILY], model: context.model }
    writeTurns(to, body)
    TOOLS.write(to, body)
    PARAMETERS[how](chat, to, body)
    return how === 'write' ? body : Object.fromEntries(COUNTED_FIELDS.map((name) => [name, body[name]]))
  },
  edit(passing) {
    passLimit(passing, [LIMIT_FIELD])
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
