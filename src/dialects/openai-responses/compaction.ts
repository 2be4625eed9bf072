import type { ChatRequest, Turn } from '../../exchange/chat.ts'
import type { Message } from '../../exchange/collect.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Quirks } from '../../exchange/target.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { EncodeContext } from '../dialect.ts'
import type { QuirksOf, QuirkTable } from '../quirks.ts'
import { COMPACTION, summaryItem } from './compaction-item.ts'
import { decodeChat } from './decode-request.ts'
import { bareId } from './output.ts'
import { toResponses } from './to-responses.ts'
import { writeTurn } from './turns.ts'
import { encodeUsage } from './usage.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/*
 * Making a conversation shorter (https://platform.openai.com/docs/api-reference/responses/compact): what the user said, and one item
 * that stands for everything else. A provider that does it itself writes that item so that nobody else can read it; for all others the
 * model is asked for a summary, as the last turn of the conversation, and the item holds its words.
 */

/** What is obeyed here. */
export const COMPACTION_QUIRKS = {
  compacts: {
    value: 'flag',
    shows: 'other',
    help: 'True where the server itself makes conversations shorter (`/responses/compact`).',
  },
} as const satisfies QuirkTable

declare module '../../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof COMPACTION_QUIRKS> {}
}

/** Where clients ask for it. */
export const COMPACT = 'POST /v1/responses/compact'

/** Fields that a provider takes that does it itself. */
export const COMPACTED_FIELDS: readonly string[] = [
  'model',
  'input',
  'instructions',
  'previous_response_id',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'service_tier',
]

const ASK: Turn = {
  role: 'user',
  blocks: [
    {
      type: 'text',
      text:
        'Write a summary of this conversation for yourself: it will be all that you know of it. State what is to be ' +
        'achieved, what was decided and why, what was done and found out (names, paths, numbers and errors word for word where they are ' +
        'needed further on), what is under way, and what comes next. Call no tools. Write the summary and nothing else.',
    },
  ],
}

/** Reads the body of `POST /v1/responses/compact`. Throws `Failure('invalid-request', { param })`. */
export function decodeCompaction(body: JsonObject): ChatRequest {
  const { output: _output, tools: offered, toolChoice: _choice, ...chat } = decodeChat(body)
  if (chat.stream) FIELDS.refuse('stream', 'is not served here: a compaction comes whole')
  // A conversation with calls is refused by some without the tools that they are of.
  const tools = offered?.filter(({ type }) => type !== 'hosted') ?? []
  const offers = tools.length === 0 ? {} : { tools, toolChoice: { type: 'none' } as const }
  return { ...chat, ...offers, turns: [...chat.turns, ASK], answerShape: COMPACTION }
}

/** Is a request one for a compaction, and does the provider make it itself? */
export function compactsItself({ answerShape }: ChatRequest, { compacts }: Quirks): boolean {
  return answerShape === COMPACTION && compacts === true
}

/** The conversation alone, without the question about it. */
export function withoutAsk(chat: ChatRequest): ChatRequest {
  return { ...chat, turns: chat.turns.slice(0, -1) }
}

/** Writes a compaction. Throws `Failure` where the model came to no end with its summary, or wrote none. */
export function writeCompaction(
  { choices: [choice], usage }: Message,
  context: EncodeContext<'chat'>,
): JsonObject {
  const blocks = choice?.blocks ?? []
  const items = blocks.flatMap((block) =>
    block.type === 'native' && block.family === FAMILY ? [block.raw] : [],
  )
  const summary = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('')
  if (items.length === 0) {
    if (summary.trim() === '') throw new Failure('empty-response')
    if (choice?.finish?.reason !== 'stop') throw new Failure('malformed-response', { message: UNFINISHED })
  }
  return {
    id: `resp_${bareId(context.requestId)}`,
    object: COMPACTION,
    created_at: Math.floor(context.createdMs / 1000),
    output: items.length > 0 ? items : [...whatUsersSaid(context), summaryItem(summary, context.requestId)],
    usage: encodeUsage(usage),
  }
}

const UNFINISHED =
  'The model came to no end with its summary. Ask for a compaction earlier, or with another model.'

/** The messages of users, as they were. */
function whatUsersSaid({ request, requestId, model, notice }: EncodeContext<'chat'>): readonly JsonObject[] {
  const to = toResponses(request, { model, capabilities: {}, quirks: {}, notice, headers: {} })
  const items: JsonObject[] = []
  for (const turn of withoutAsk(request).turns) if (turn.role === 'user') writeTurn(turn, to, items)
  return items
    .filter(({ type }) => type === 'message')
    .map((item, index) => ({ id: `msg_${bareId(requestId)}_${index}`, status: 'completed', ...item }))
}
