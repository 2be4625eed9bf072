import { AGENT_HEADERS } from '../agent-headers.ts'
import type { BoundField } from '../bound-content.ts'
import { Fields } from '../fields.ts'
import { toolRules } from '../towards.ts'

/*
 * The words of the Responses API (https://platform.openai.com/docs/api-reference/responses), which several servers speak.
 */

/** The family of wire languages that this dialect belongs to. Chat Completions understand none of its items and few of its fields. */
export const FAMILY = 'openai-responses'

/** What clients write, read and refused in the words of the API. */
export const FIELDS = new Fields({
  family: FAMILY,
  marks: ['prompt_cache_breakpoint'],
})

/** Fields that stand for content that a provider keeps. */
export const BOUND_FIELDS: readonly BoundField[] = [
  { name: 'previous_response_id', kept: true },
  { name: 'conversation', kept: true },
  { name: 'prompt', kept: true },
]

/** Most characters of the id of a call, and of a tool's name. */
export const TOOL_RULES = toolRules(
  { pattern: 'any', length: 64 },
  { mostCharacters: 64, emulatesText: false },
)

/** Most characters of `user`. */
export const USER_CHARACTERS = 64

/** The limit of the answer, reasoning included. */
export const LIMIT_FIELD = 'max_output_tokens'

/** The member of a reasoning item, and the scheme of the signature, in which its proof travels. */
export const PROOF = 'encrypted_content'

/** Asks for the proof of reasoning, without which it cannot be sent back. */
export const INCLUDE_PROOF = 'reasoning.encrypted_content'

/** Asks for the probabilities of what is written. */
export const INCLUDE_LOGPROBS = 'message.output_text.logprobs'

/** Members of a response that are read or written here; the rest travels in `start.extra`. */
export const RESPONSE_FIELDS: ReadonlySet<string> = new Set(
  `id object created_at completed_at status background error incomplete_details instructions max_output_tokens model output
  parallel_tool_calls previous_response_id reasoning store temperature text tool_choice tools top_p truncation usage user metadata
  service_tier output_text`.split(/\s+/),
)

/** Client headers that travel to providers of this dialect. */
export const FORWARD_HEADERS = ['openai-beta', ...AGENT_HEADERS] as const
