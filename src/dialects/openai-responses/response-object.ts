import type { ChatRequest } from '../../exchange/chat.ts'
import type { Finish, FinishReason } from '../../exchange/chat-content.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { EncodeContext } from '../dialect.ts'
import { bareId } from './output.ts'
import { FORMAT } from './parameters.ts'
import { TOOLS } from './tools.ts'

/** The id that the client gets to see: the exchange's own, in the form that clients of this dialect expect. */
function responseId(requestId: string): string {
  return `resp_${bareId(requestId)}`
}

/**
 * A response before anything was said: what it is known by, and what was asked, as the SDKs' types demand. The tools are not repeated:
 * they would be most of every stream.
 */
export function openResponse(context: EncodeContext<'chat'>, extra: JsonObject | undefined): JsonObject {
  const { request: chat } = context
  return {
    id: context.shownId ?? responseId(context.requestId),
    object: 'response',
    created_at: Math.floor(context.createdMs / 1000),
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: chat.maxOutputTokens ?? null,
    model: context.model,
    output: [],
    parallel_tool_calls: chat.parallelToolCalls ?? true,
    previous_response_id: context.state?.previousId ?? null,
    reasoning: { effort: chat.reasoning?.effort ?? null, summary: null },
    store: context.state?.isStored === true,
    temperature: chat.temperature ?? 1,
    text: textOf(chat),
    tool_choice:
      chat.toolChoice === undefined ? 'auto' : TOOLS.writeChoice(chat.toolChoice, chat.tools ?? []),
    tools: [],
    top_p: chat.topP ?? 1,
    truncation: 'disabled',
    usage: null,
    user: chat.user ?? null,
    metadata: chat.metadata ?? {},
    ...extra,
  }
}

function textOf({ output = { type: 'text' }, verbosity }: ChatRequest): JsonObject {
  return { format: FORMAT.say(output), ...defined({ verbosity }) }
}

/** How a response ended. */
export interface Ending {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: JsonObject | null
}

const COMPLETED: Ending = { status: 'completed', incomplete_details: null }

/** Why an answer is not complete. */
const REASONS: Readonly<Partial<Record<FinishReason, string>>> = {
  length: 'max_output_tokens',
  'context-length': 'max_output_tokens',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
}

/** How a response ended, in the words of the API. A refusal that nothing was said of is a filter. */
export function endingOf(finish: Finish | undefined, hasRefused: boolean): Ending {
  const reason = finish === undefined ? undefined : REASONS[finish.reason]
  if (reason === undefined || (finish?.reason === 'refusal' && hasRefused)) return COMPLETED
  return { status: 'incomplete', incomplete_details: { reason } }
}
