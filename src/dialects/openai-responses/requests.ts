import { ChatRequests } from '../chat-requests.ts'
import type { ProviderEndpoint } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { leaveOutSampling, passLimit } from '../passing.ts'
import { COMPACTION } from './compaction-item.ts'
import { COMPACTED_FIELDS, compactsItself, withoutAsk } from './compaction.ts'
import { PARAMETERS } from './parameters.ts'
import { FAMILY, LIMIT_FIELD, FORWARD_HEADERS } from './vocabulary.ts'
import { toResponses } from './to-responses.ts'
import { TOOLS } from './tools.ts'
import { writeTurns } from './turns.ts'

/** What providers of Responses are told: to keep nothing, unless the client said otherwise in its own words. */
export const REQUESTS = new ChatRequests({
  family: FAMILY,
  forwardHeaders: FORWARD_HEADERS,
  write(chat, context, how) {
    const isCompacted = compactsItself(chat, context.quirks)
    const to = toResponses(isCompacted ? withoutAsk(chat) : chat, context)
    const body: Body = { store: false, ...chat.extra?.[FAMILY], model: context.model }
    writeTurns(to, body)
    TOOLS.write(to, body)
    PARAMETERS[how](chat, to, body)
    if (isCompacted) return only(COMPACTED_FIELDS, body)
    return how === 'write' ? body : only(COUNTED_FIELDS, body)
  },
  edit(passing) {
    passLimit(passing, [LIMIT_FIELD])
    leaveOutSampling(passing, PARAMETERS.sampling)
  },
  isWritten: (chat, { quirks }) => chat.answerShape === COMPACTION && !compactsItself(chat, quirks),
  endpoint: (chat, quirks) => (compactsItself(chat, quirks) ? COMPACTED_AT : undefined),
})

const COMPACTED_AT: ProviderEndpoint = { method: 'POST', path: '/responses/compact' }

function only(names: readonly string[], body: Body): Body {
  return Object.fromEntries(names.map((name) => [name, body[name]]))
}

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
