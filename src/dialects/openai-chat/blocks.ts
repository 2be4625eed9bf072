import type {
  Block,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { isArray, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { isAbsent } from '../fields.ts'
import { toWireToolName } from '../tool-name.ts'
import type { Towards } from '../towards.ts'
import { writeOwnCallSignature } from './call-signature.ts'
import { spellMedia } from './media-blocks.ts'
import { FAMILY, FIELDS, TOOL_ERROR_PREFIX } from './vocabulary.ts'

const TEXT: WireType<TextBlock> = { fields: new Set(['type', 'text']), read: readText }

/** Of the newer API of this vendor. */
const NEWER_TEXT: WireType<TextBlock> = {
  fields: new Set(['type', 'text', 'annotations', 'logprobs']),
  read: readText,
}

/**
 * What each kind of block is in Chat Completions: a part of content, a call of a message, a message of its own. Some words are of
 * other APIs (`input_text`, `tool_use`), which clients write here all the same: what they mean is plain, and what is not understood
 * would be lost.
 */
const SPELLINGS: Spellings<Towards> = {
  text: {
    read: { text: TEXT, input_text: NEWER_TEXT, output_text: NEWER_TEXT },
    write: ({ text }) => ({ type: 'text', text }),
  },
  refusal: {
    read: {
      refusal: { read: (raw, at) => ({ type: 'refusal', text: FIELDS.requiredText(raw, 'refusal', at) }) },
    },
    write: ({ text }) => ({ type: 'text', text }),
  },
  ...spellMedia(readContent),
  'search-result': {
    read: {},
    // A retrieved passage is text below its title and source.
    write: ({ title, source, blocks, cite }, to) => {
      if (cite === true) to.notice('citation.dropped')
      return { type: 'text', text: [title, source, ...textsOf(blocks, to)].join('\n') }
    },
  },
  reasoning: {
    read: { thinking: { read: readThinking } },
    // What can be told of it stands beside the content of its message.
    write: refuseHere('Reasoning cannot be sent in this place.'),
  },
  'tool-call': { read: { tool_use: { read: readToolUse } }, write: writeCall },
  'tool-result': { read: { tool_result: { read: readToolResult } }, write: writeResult },
  native: { read: {}, write: ({ raw }) => raw },
}

/** The blocks of Chat Completions. */
export const BLOCKS = new Blocks(FIELDS, {
  spellings: SPELLINGS,
  // A mark has no field of this API: it goes where the client itself wrote it, as an unknown one.
  mark: ({ extra }, _mark, { notice }) => {
    const own = extra?.[FAMILY]
    const isMarked = own?.['cache_control'] !== undefined || own?.['prompt_cache_breakpoint'] !== undefined
    if (!isMarked) notice('cache.hint-dropped')
    return undefined
  },
})

/**
 * Reads content: a string, or an array of parts. Null and absent are no content.
 *
 * @param key where it stands in its holder
 * @param within where the holder stands: `messages[2]`
 */
export function readContent(holder: JsonObject, key: string, within: string): Block[] {
  const content = holder[key]
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!isArray(content)) return FIELDS.refuseKind(`${within}.${key}`, 'a string or an array of parts')
  const blocks: Block[] = []
  for (const part of content) {
    const at = `${within}.${key}[${blocks.length}]`
    blocks.push(typeof part === 'string' ? { type: 'text', text: part } : BLOCKS.read(part, at))
  }
  return blocks
}

function readText(raw: JsonObject, at: string): TextBlock {
  return { type: 'text', text: FIELDS.requiredText(raw, 'text', at) }
}

function readThinking(raw: JsonObject): ReasoningBlock {
  return { type: 'reasoning', text: thinkingText(raw), form: 'full' }
}

/** The text of a `thinking` part: a string, or an array of text parts. */
export function thinkingText(part: JsonObject): string {
  return (
    readString(part, 'thinking') ??
    readObjects(part, 'thinking')
      .map((piece) => readString(piece, 'text') ?? '')
      .join('')
  )
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

function writeCall(call: ToolCallBlock, { callId, wire, notice }: Towards): JsonObject {
  const { signature } = call
  const proof = signature === undefined ? undefined : writeOwnCallSignature(signature)
  if (signature !== undefined && proof === undefined) notice('seal.foreign')
  const id = callId(call.id)
  const name = toWireToolName(call.name, wire)
  if (call.form === 'text' && !wire.emulatesText)
    return { ...proof, id, type: 'custom', custom: { name, input: call.arguments } }
  // A call without any arguments is told with an empty object, which all servers can parse.
  const given = call.arguments === '' ? '{}' : call.arguments
  const text = call.form === 'text' ? JSON.stringify({ input: call.arguments }) : given
  return { ...proof, id, type: 'function', function: { name, arguments: text } }
}

function readToolResult(raw: JsonObject, at: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: FIELDS.requiredText(raw, 'tool_use_id', at),
    isError: FIELDS.flag(raw, 'is_error', at) ?? false,
    blocks: readContent(raw, 'content', at),
    at,
  }
}

/** A message of its own. The wire has no field for a failure, which stands before the text. */
function writeResult({ callId, blocks, isError, at }: ToolResultBlock, to: Towards): JsonObject {
  if (isError) to.notice('result.error-textual', at)
  const content = resultContent(blocks, to)
  return { role: 'tool', tool_call_id: to.callId(callId), content: isError ? afterPrefix(content) : content }
}

/** One text, or parts where the client wrote into them what only the provider knows. */
function resultContent(blocks: readonly Block[], to: Towards): WireContent {
  const needsParts = to.quirks.contentParts !== false && blocks.some(isOfFamily)
  return needsParts ? blocks.map((block) => BLOCKS.write(block, to)) : textsOf(blocks, to).join('\n')
}

function isOfFamily(block: Block): boolean {
  return block.extra?.[FAMILY] !== undefined || (block.type === 'native' && block.family === FAMILY)
}

function afterPrefix(content: WireContent): WireContent {
  return typeof content === 'string'
    ? TOOL_ERROR_PREFIX + content
    : [{ type: 'text', text: TOOL_ERROR_PREFIX }, ...content]
}

/** Content of a message: a string where all of it is plain text in one piece, else an array of parts. */
type WireContent = string | readonly JsonObject[]

/** Put between pieces of text where the target takes only a string. */
export const TEXT_SEPARATOR = '\n\n'

/** Content of a message from its blocks: one bare text as a string, else parts; a string always where the target demands it. */
export function contentOf(blocks: readonly Block[], to: Towards): WireContent {
  const parts = blocks.map((block) => BLOCKS.write(block, to))
  const texts = parts.map(bareText)
  const plain = texts.filter((text) => text !== undefined)
  if (parts.length <= 1 && plain.length === parts.length) return plain[0] ?? ''
  return to.quirks.contentParts === false && plain.length === parts.length
    ? plain.join(TEXT_SEPARATOR)
    : parts
}

function bareText(part: JsonObject): string | undefined {
  const { type, text } = part
  return type === 'text' && typeof text === 'string' && Object.keys(part).length === 2 ? text : undefined
}

/** What blocks say as plain text. Throws `unsupported-feature` for what has no text and must not be left out. */
export function textsOf(blocks: readonly Block[], to: Towards): string[] {
  return blocks.map((block) => {
    // Only the words go, so that a mark among the unknown fields is lost as well.
    const { extra: _extra, ...bare } = block
    const { type, text } = BLOCKS.write(bare, to)
    return type === 'text' && typeof text === 'string'
      ? text
      : refuseHere('Only text can be sent here.')(block)
  })
}

/** Refuses a block that cannot stand where it does. */
export function refuseHere(message: string): (block: Block) => never {
  return ({ at }) => {
    throw new Failure('unsupported-feature', { param: at ?? 'messages', message })
  }
}
