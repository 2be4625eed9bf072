import type {
  Block,
  Citation,
  ReasoningBlock,
  Signature,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { isArray, isObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { isPlain } from '../arrange-turns.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { inputAsSaid } from '../call-input.ts'
import { unwrapSignature } from '../carried-signature.ts'
import { isAbsent, pathOf } from '../fields.ts'
import { toWireToolName } from '../tool-name.ts'
import { returnCallSignatures } from './decode-carried-signatures.ts'
import { readToolAddition, readToolReference, readToolRemoval } from './decode-tool-changes.ts'
import { spellMedia } from './media-blocks.ts'
import { blockFields, CACHE_MARK, FAMILY, FIELDS, HOSTED_TRAFFIC, REDACTED, SIGNATURE } from './vocabulary.ts'
import { toCacheControl, type ToMessages } from './to-messages.ts'
import { defined } from '../../kit/defined.ts'

const TEXT: WireType<TextBlock> = { fields: blockFields('text', 'citations'), read: readText }
const THINKING: WireType<ReasoningBlock> = {
  fields: new Set(['type', 'thinking', SIGNATURE]),
  read: readThinking,
}
const REDACTED_THINKING: WireType<ReasoningBlock> = { fields: new Set(['type', 'data']), read: readRedacted }
const TOOL_USE: WireType<ToolCallBlock> = { fields: blockFields('id', 'name', 'input'), read: readToolUse }
const TOOL_RESULT: WireType<ToolResultBlock> = {
  fields: blockFields('tool_use_id', 'content', 'is_error'),
  read: readToolResult,
}

/** What each kind of block is in Messages. Words that are listed nowhere are the family's own and are carried whole. */
const SPELLINGS: Spellings<ToMessages> = {
  text: { read: { text: TEXT }, write: writeText },
  refusal: { read: {}, write: ({ text }) => ({ type: 'text', text }) },
  ...spellMedia({ read: readContent, write: writeBlocks }),
  reasoning: { read: { thinking: THINKING, redacted_thinking: REDACTED_THINKING }, write: writeReasoning },
  'tool-call': { read: { tool_use: TOOL_USE }, write: writeToolUse },
  'tool-result': { read: { tool_result: TOOL_RESULT }, write: writeToolResult },
  native: {
    read: {
      tool_reference: { read: readToolReference },
      tool_addition: { read: readToolAddition },
      tool_removal: { read: readToolRemoval },
    },
    write: ({ raw }) => raw,
  },
}

/** The blocks of Messages. */
export const BLOCKS = new Blocks(FIELDS, {
  spellings: SPELLINGS,
  // The original mark stands where it said more.
  mark: ({ extra }, mark, { notice }) =>
    extra?.[FAMILY]?.[CACHE_MARK] === undefined ? { [CACHE_MARK]: toCacheControl(mark, notice) } : undefined,
})

/**
 * Reads the content of a turn, a system prompt or a tool result: a string or an array of blocks.
 * Throws `Failure('invalid-request')` with the path of what is wrong.
 *
 * @param within where its holder stands, for example `messages[0]`
 */
export function readContent(holder: JsonObject, key: string, within: string): readonly Block[] {
  const content = holder[key]
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  const path = pathOf(key, within)
  if (isAbsent(content)) return FIELDS.refuseAbsent(path)
  if (!isArray(content)) return FIELDS.refuseKind(path, 'a string or an array of blocks')
  const blocks: Block[] = []
  for (const block of content) blocks.push(readBlock(block, `${path}[${blocks.length}]`))
  return returnCallSignatures(content, blocks)
}

function readBlock(value: Json, at: string): Block {
  const block = BLOCKS.read(value, at)
  const isTraffic = block.type === 'native' && HOSTED_TRAFFIC.test(readString(block.raw, 'type') ?? '')
  return isTraffic ? { ...block, elsewhere: '' } : block
}

function readText(raw: JsonObject, at: string): TextBlock {
  const citations = FIELDS.array(raw, 'citations', at)?.filter(isObject)
  return {
    type: 'text',
    text: FIELDS.requiredText(raw, 'text', at),
    ...(citations === undefined || citations.length === 0 ? {} : { citations: citations.map(readCitation) }),
  }
}

/** A citation with what other dialects can say of it, and the original for our own. */
export function readCitation(raw: JsonObject): Citation {
  const text = readString(raw, 'cited_text')
  const url = readString(raw, 'url')
  const title = readString(raw, 'title') ?? readString(raw, 'document_title')
  return {
    ...defined({ text, url, title }),
    extra: { [FAMILY]: raw },
  }
}

function writeText({ text, citations = NONE, signature }: TextBlock, { notice }: ToMessages): JsonObject {
  if (signature !== undefined) notice('seal.foreign')
  const own: JsonObject[] = []
  for (const citation of citations) {
    // Only what the family wrote can be sent back; an empty index marks what the gateway itself put together for a client.
    const raw = citation.extra?.[FAMILY]
    if (raw === undefined || raw['encrypted_index'] === '') notice('citation.dropped')
    else own.push(raw)
  }
  return own.length === 0 ? { type: 'text', text } : { type: 'text', text, citations: own }
}

const NONE: readonly Citation[] = []

/** An empty signature is what the gateway shows where there is none; it comes back as none. */
function readThinking(raw: JsonObject, at: string): ReasoningBlock {
  const value = FIELDS.text(raw, SIGNATURE, at) ?? ''
  return {
    type: 'reasoning',
    text: FIELDS.requiredText(raw, 'thinking', at),
    form: 'full',
    ...(value === '' ? {} : { signature: signatureIn(value, SIGNATURE) }),
  }
}

function readRedacted(raw: JsonObject, at: string): ReasoningBlock {
  const signature = signatureIn(FIELDS.requiredText(raw, 'data', at), REDACTED)
  return { type: 'reasoning', text: '', form: 'hidden', signature }
}

/** The signature that stands in a slot of this family: its own, or one of another family that travels there. */
function signatureIn(value: string, scheme: string): Signature {
  return unwrapSignature(value)?.signature ?? { family: FAMILY, scheme, value }
}

/** With its own signature it goes back exactly as it came. */
function writeReasoning({ text, signature }: ReasoningBlock): JsonObject {
  if (signature?.scheme === REDACTED) return { type: 'redacted_thinking', data: signature.value }
  return { type: 'thinking', thinking: text, [SIGNATURE]: signature?.value ?? '' }
}

function readToolUse(raw: JsonObject, at: string): ToolCallBlock {
  return {
    type: 'tool-call',
    id: FIELDS.requiredText(raw, 'id', at),
    name: FIELDS.requiredText(raw, 'name', at),
    arguments: JSON.stringify(FIELDS.object(raw, 'input', at) ?? {}),
    form: 'json',
    at: `${at}.input`,
  }
}

function writeToolUse(call: ToolCallBlock, { callId, wire, notice }: ToMessages): JsonObject {
  if (call.signature !== undefined) notice('seal.foreign')
  const name = toWireToolName(call.name, wire)
  return { type: 'tool_use', id: callId(call.id), name, input: inputAsSaid(call, 'messages') }
}

function readToolResult(raw: JsonObject, at: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: FIELDS.requiredText(raw, 'tool_use_id', at),
    isError: FIELDS.flag(raw, 'is_error', at) ?? false,
    blocks: isAbsent(raw['content']) ? [] : readContent(raw, 'content', at),
    at,
  }
}

function writeToolResult({ callId, blocks, isError }: ToolResultBlock, to: ToMessages): JsonObject {
  return {
    type: 'tool_result',
    tool_use_id: to.callId(callId),
    content: blocks.length === 0 ? undefined : contentOf(blocks, to),
    is_error: isError || undefined,
  }
}

/** Content as one string where it is one plain text, else as blocks. */
export function contentOf(blocks: readonly Block[], to: ToMessages): Json {
  const [only] = blocks
  return blocks.length === 1 && isPlain(only) ? only.text : writeBlocks(blocks, to)
}

function writeBlocks(blocks: readonly Block[], to: ToMessages): readonly JsonObject[] {
  return blocks.map((block) => BLOCKS.write(block, to))
}
