import type { FinishReason } from '../../exchange/chat-content.ts'
import type { BoundField } from '../bound-content.ts'
import { Fields } from '../fields.ts'
import { toolRules } from '../towards.ts'

/** The family whose opaque parts (signatures, hosted tools, unknown fields) this dialect understands. */
export const FAMILY = 'anthropic'

/** The name under which a block, a tool or a request carries its mark for the prompt cache. */
export const CACHE_MARK = 'cache_control'

/** The members of a block that are understood, beside those that all blocks have. */
export function blockFields(...names: readonly string[]): ReadonlySet<string> {
  return new Set(['type', CACHE_MARK, ...names])
}

/** What clients write, read and refused in the words of the API. */
export const FIELDS = new Fields({
  family: FAMILY,
  marks: [CACHE_MARK],
  words: {
    sentence: (path, complaint) => `${path}: ${complaint}`,
    required: 'Field required',
    mustBe: 'Input should be',
  },
})

/** Sent when the client named no version: the one that all models accept, sampling parameters included. */
export const DEFAULT_VERSION = '2023-06-01'

/** Headers that travel to providers of this dialect. Credentials, `x-stainless-*` and hop-by-hop headers never do. */
export const FORWARD_HEADERS: readonly string[] = [
  'anthropic-version',
  'anthropic-beta',
  'x-claude-code-session-id',
  'x-app',
  'idempotency-key',
  'x-client-request-id',
]

/**
 * Names of tools match `^[a-zA-Z0-9_-]{1,128}$`, tools with free text for input are not known, and ids of calls are as long as the
 * API accepts.
 */
export const TOOL_RULES = toolRules(
  { pattern: 'identifier', length: 64 },
  { mostCharacters: 128, emulatesText: true },
)

/** The field of servers whose tools the provider calls by itself; each of them is a hosted tool of this name. */
export const TOOL_SERVERS = 'mcp_servers'

/** Tools with a type of their own that the client runs all the same, or that only look through the tools of the request. */
export const CLIENT_TOOLS = /^(?:bash|text_editor|memory|computer|browser|tool_search)_/

/** Most characters of `metadata.user_id` (https://docs.anthropic.com/en/api/messages). */
export const USER_CHARACTERS = 256

/** Images as bytes are of these types (https://docs.anthropic.com, vision). */
export const IMAGE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

/** Highest temperature of the API. */
export const MAX_TEMPERATURE = 1

/** Lowest `top_p` beside thinking (https://docs.anthropic.com, extended thinking, feature compatibility). */
export const LEAST_THINKING_TOP_P = 0.95

/** Scheme of the signature on a `thinking` block, and of the one that is all of a `redacted_thinking` block. */
export const SIGNATURE = 'signature'
export const REDACTED = 'redacted-thinking'

/** Seen from a provider: why the model stopped. Words that are missing here read as `stop` and are kept as they are. */
export const FINISH_BY_STOP_REASON: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['compaction', 'pause'],
])

/** Towards a client: the word for a finish. */
export const STOP_REASON_BY_FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-length': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  pause: 'pause_turn',
}

/** The field that continues a conversation which the provider keeps. */
export const THREAD = 'thread'

/** Fields that stand for what the provider keeps: an earlier conversation, and files and skills. */
export const BOUND_FIELDS: readonly BoundField[] = [
  { name: THREAD, kept: true },
  { name: 'container', kept: true },
]

/** Blocks of tools that the provider itself ran, and marks between models: the answer around them says what came of it. */
export const HOSTED_TRAFFIC = /^(?:(?:server|mcp)_tool_use|\w+_tool_result|mcp_tool_listing|fallback)$/
