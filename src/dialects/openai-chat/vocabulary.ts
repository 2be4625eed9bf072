import { AGENT_HEADERS } from '../agent-headers.ts'
import type { BoundField } from '../bound-content.ts'
import { Fields } from '../fields.ts'
import { toolRules } from '../towards.ts'

/*
 * The words of OpenAI Chat Completions: field names that the decoder understands. What is not listed here is an
 * unknown field and is kept in `extra` for the same family.
 * Source: https://platform.openai.com/docs/api-reference/chat, and the fields that compatible servers add.
 */

/** The family of wire languages that this dialect belongs to. */
export const FAMILY = 'openai'

/** Under which names objects carry a mark for the prompt cache. */
export const MARKS: readonly string[] = ['cache_control', 'prompt_cache_breakpoint']

/** What clients write, read and refused in the words of the API. */
export const FIELDS = new Fields({
  family: FAMILY,
  // Not of this API; servers that know other models' caches take the one, and this vendor's newer API has the other.
  marks: MARKS,
})

/** The names of the limit of the answer, the preferred one first. */
export const LIMIT_FIELDS = ['max_completion_tokens', 'max_tokens'] as const

/**
 * Fields that are not of this API and hold content for servers that know them, or stand for content that a provider of the newer
 * API keeps.
 */
export const BOUND_FIELDS: readonly BoundField[] = [
  { name: 'previous_response_id', kept: true },
  { name: 'conversation', kept: true },
  { name: 'prompt', kept: true },
  { name: 'input', kept: false },
  { name: 'instructions', kept: false },
  { name: 'documents', kept: false },
]

/** The same of a message. */
export const BOUND_MESSAGE_FIELDS: readonly BoundField[] = [
  { name: 'images', kept: false },
  { name: 'attachments', kept: false },
  { name: 'documents', kept: false },
  { name: 'files', kept: false },
]

export const MESSAGE_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'name'])

export const ASSISTANT_FIELDS: ReadonlySet<string> = new Set([
  ...MESSAGE_FIELDS,
  'refusal',
  'tool_calls',
  'function_call',
  'audio',
  'reasoning_content',
  'reasoning',
  'reasoning_details',
])

export const TOOL_MESSAGE_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'tool_call_id'])

export const FUNCTION_MESSAGE_FIELDS: ReadonlySet<string> = new Set(['role', 'content', 'name'])

/** The field, and the scheme of the signature, in which a call of this family carries a proof that its provider wants back. */
export const CALL_SIGNATURE = 'extra_content'

/** The field in which a call carries a signature of another family; clients that echo their calls whole bring it back. */
export const SIGNATURE_FIELD = 'gatehouse_seal'

export const TOOL_CALL_FIELDS: ReadonlySet<string> = new Set([
  'index',
  'id',
  'type',
  'function',
  'custom',
  CALL_SIGNATURE,
  SIGNATURE_FIELD,
])

/** Fields of a chunk or completion that are read or written by us; the rest travels in `start.extra`. */
export const RESPONSE_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'x_groq',
  'error',
  'obfuscation',
  'type',
])

/** Name of a document that came without one; the wire demands a name beside inline bytes. */
export const DEFAULT_FILE_NAME = 'document.pdf'

/** Most characters of the id of a call, of which longer ones are refused with `string_above_max_length`, and of a tool's name. */
export const TOOL_RULES = toolRules(
  { pattern: 'any', length: 40 },
  { mostCharacters: 64, emulatesText: false },
)

/** Most characters of `user`: longer ones are refused with `string_above_max_length`. */
export const USER_CHARACTERS = 64

/** Most stop sequences. */
export const STOP_SEQUENCES = 4

/** Scheme of a signature that holds one entry of `reasoning_details`, without its text, as JSON. */
export const DETAIL_SCHEME = 'reasoning_details'

/** Begins the `format` of a `reasoning_details` entry that carries another family's signature: `gatehouse:<family>:<scheme>`. */
export const CARRIED_FORMAT = 'gatehouse:'

/** Client headers that travel to providers of this dialect. */
export const FORWARD_HEADERS = ['openai-beta', ...AGENT_HEADERS] as const
