import type { FinishReason } from '../../exchange/chat-content.ts'
import type { BoundField } from '../bound-content.ts'
import { Fields } from '../fields.ts'
import { toolRules } from '../towards.ts'

/** The family whose opaque parts (signatures, hosted tools, unknown fields) this dialect understands. */
export const FAMILY = 'google'

/** What clients write, read and refused in the words of the API. */
export const FIELDS = new Fields({
  family: FAMILY,
  marks: [],
  words: { sentence: (path, complaint) => `Invalid value at '${path}': ${complaint}.` },
})

/** The member of a part in which it bears a proof, and the scheme of such a signature: base64 of bytes, as SDKs decode and encode it. */
export const SIGNATURE = 'thoughtSignature'

/** Stands for the proof of a call that has none (https://ai.google.dev/gemini-api/docs/thought-signatures, FAQ). */
export const NO_SIGNATURE = 'skip_thought_signature_validator'

/** Names of functions begin with a letter and have at most 64 characters; ids of calls are free (function calling guide). */
export const TOOL_RULES = toolRules(
  { pattern: 'any', length: 256 },
  { mostCharacters: 64, emulatesText: true },
)

/** Client headers that travel to providers of this dialect. */
export const FORWARD_HEADERS: readonly string[] = ['x-goog-api-client']

/** Fields that stand for what the provider keeps. */
export const BOUND_FIELDS: readonly BoundField[] = [{ name: 'cachedContent', kept: true }]

/** The shapes of answers beside the usual ones: a stream that is one array, for clients who do not ask for events, and one vector without a list. */
export const ARRAY = 'array'
export const SINGLE = 'single'

/** The object of a request that holds its parameters, all but those of tools. */
export const CONFIG = 'generationConfig'

/** Highest temperature. */
export const MAX_TEMPERATURE = 2

/** Most stop sequences. */
export const STOP_SEQUENCES = 5

/**
 * Seen from a provider: why a candidate ended. Words that are missing here read as `stop` and are kept as they are
 * (https://ai.google.dev/api/generate-content#FinishReason).
 */
export const FINISH_BY_WORD: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  // The only word that there is for an answer that is not given.
  ['SAFETY', 'refusal'],
  ['RECITATION', 'content-filter'],
  ['BLOCKLIST', 'content-filter'],
  ['PROHIBITED_CONTENT', 'content-filter'],
  ['SPII', 'content-filter'],
  ['IMAGE_SAFETY', 'content-filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content-filter'],
  ['IMAGE_RECITATION', 'content-filter'],
  ['CONTINUATION', 'pause'],
])

/** The model wrote something that its server could not read: another try writes something else. */
export const MALFORMED: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
])

/** Towards a client: the word for a finish. Calls end with the word for a plain stop. */
export const WORD_BY_FINISH: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'context-length': 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'PROHIBITED_CONTENT',
  refusal: 'SAFETY',
  pause: 'STOP',
}
