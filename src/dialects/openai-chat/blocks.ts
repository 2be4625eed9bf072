import type {
  Block,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { argumentsOf } from '../call-input.ts'
import { refuseBlock } from '../refuse-block.ts'
import { toWireToolName } from '../tool-name.ts'
import type { Towards } from '../towards.ts'
import { writeOwnCallSignature } from './call-signature.ts'
import { spellMedia } from './media-blocks.ts'
import { FIELDS, MARKS } from './vocabulary.ts'

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
      refusal: {
        ...reworded('refusal'),
        read: (raw, at) => ({ type: 'refusal', text: FIELDS.requiredText(raw, 'refusal', at) }),
      },
    },
    write: ({ text }) => ({ type: 'text', text }),
  },
  ...spellMedia((holder, key, within) => BLOCKS.readContent(holder, key, within)),
  'search-result': {
    read: {},
    write: (block, to) => ({ type: 'text', text: BLOCKS.passage(block, to) }),
  },
  reasoning: {
    read: {
      thinking: {
        ...reworded('thinking'),
        held: [{ key: 'thinking', fields: new Set(['type', 'text']) }],
        read: readThinking,
      },
    },
    // What can be told of it stands beside the content of its message.
    write: (block) => refuseBlock(block, 'Reasoning cannot be sent in this place.'),
  },
  'tool-call': {
    read: { tool_use: { ...reworded('id', 'name', 'input'), read: readToolUse } },
    write: writeCall,
  },
  'tool-result': {
    read: { tool_result: { ...reworded('tool_use_id', 'content', 'is_error'), read: readToolResult } },
    write: writeResult,
  },
  native: { read: {}, write: ({ raw }) => raw },
}

/** What is understood of a part that providers are told otherwise. */
function reworded(...names: readonly string[]): Pick<WireType, 'fields' | 'reworded'> {
  return { fields: new Set(['type', ...MARKS, ...names]), reworded: true }
}

/** The blocks of Chat Completions. */
export const BLOCKS = new Blocks(FIELDS, { spellings: SPELLINGS })

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
  return { ...proof, id, type: 'function', function: { name, arguments: argumentsOf(call) } }
}

function readToolResult(raw: JsonObject, at: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: FIELDS.requiredText(raw, 'tool_use_id', at),
    isError: FIELDS.flag(raw, 'is_error', at) ?? false,
    blocks: BLOCKS.readContent(raw, 'content', at),
    at,
  }
}

/** A message of its own. */
function writeResult(result: ToolResultBlock, to: Towards): JsonObject {
  return { role: 'tool', tool_call_id: to.callId(result.callId), content: BLOCKS.writeResult(result, to) }
}

/** Content of a message: a string where all of it is plain text in one piece, else an array of parts. */
type WireContent = string | readonly JsonObject[]

/** Put between pieces of text where the target takes only a string. */
export const TEXT_SEPARATOR = '\n\n'

/** Content of a message from its blocks: one bare text as a string, else parts; a string always where the target demands it. */
export function contentOf(blocks: readonly Block[], to: Towards): WireContent {
  const parts: JsonObject[] = []
  const texts: string[] = []
  for (const block of blocks) {
    const part = BLOCKS.write(block, to)
    const text = bareText(part)
    parts.push(part)
    if (text !== undefined) texts.push(text)
  }
  const isString = parts.length <= 1 || to.quirks.contentParts === false
  return isString && texts.length === parts.length ? texts.join(TEXT_SEPARATOR) : parts
}

function bareText(part: JsonObject): string | undefined {
  for (const name in part) if (name !== 'type' && name !== 'text') return undefined
  const { type, text } = part
  return type === 'text' && typeof text === 'string' ? text : undefined
}
