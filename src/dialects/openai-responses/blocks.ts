import type {
  MediaBlock,
  NativeBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { argumentsOf } from '../call-input.ts'
import { mediaAddress } from '../media-address.ts'
import { MediaParts } from '../media-parts.ts'
import { refuseBlock } from '../refuse-block.ts'
import { toWireToolName } from '../tool-name.ts'
import { readCompaction } from './compaction-item.ts'
import type { ToResponses } from './to-responses.ts'
import { readReasoningItem, writeReasoningItem } from './reasoning-item.ts'
import { FAMILY, FIELDS, PROOF } from './vocabulary.ts'
import { joinName, namespaceMembers } from './tools.ts'

const TEXT: WireType<TextBlock> = {
  fields: new Set(['type', 'text', 'annotations', 'logprobs']),
  read: (raw, at) => ({ type: 'text', text: FIELDS.requiredText(raw, 'text', at) }),
}

/** Items about tools that the provider ran in an earlier answer: the text behind them says what came of it. */
const HOSTED_TRAFFIC = [
  'web_search_call',
  'file_search_call',
  'code_interpreter_call',
  'image_generation_call',
  'mcp_list_tools',
  'mcp_call',
  'tool_search_call',
  'tool_search_output',
]
const TRAFFIC: WireType<NativeBlock> = {
  read: (raw, at) => ({ type: 'native', family: FAMILY, raw, at, elsewhere: '' }),
}

/** An item that calls a tool, by the member in which it says with what. */
function callType(key: 'arguments' | 'input'): WireType<ToolCallBlock> {
  return {
    fields: new Set(['type', 'id', 'call_id', 'name', 'namespace', 'status', key]),
    read: (raw, at) => readCall(raw, at, key),
  }
}

const RESULT: WireType<ToolResultBlock> = {
  fields: new Set(['type', 'id', 'status', 'call_id', 'output']),
  read: readResult,
}

/** What each kind of block is in Responses: a part of a message, or an item beside messages. */
const SPELLINGS: Spellings<ToResponses> = {
  text: {
    read: { input_text: TEXT, output_text: TEXT, text: TEXT },
    write: ({ text }, { speaker }) =>
      speaker === 'assistant' ? { type: 'output_text', text, annotations: [] } : { type: 'input_text', text },
  },
  refusal: {
    read: {
      refusal: {
        fields: new Set(['type', 'refusal']),
        read: (raw, at) => ({ type: 'refusal', text: FIELDS.requiredText(raw, 'refusal', at) }),
      },
    },
    write: ({ text }) => ({ type: 'refusal', refusal: text }),
  },
  media: {
    read: new MediaParts(FIELDS).types,
    write: writeMedia,
  },
  'search-result': {
    read: {},
    write: (block, to) => ({ type: 'input_text', text: BLOCKS.passage(block, to) }),
  },
  reasoning: {
    read: {
      reasoning: {
        fields: new Set(['type', 'id', 'status', 'summary', 'content', PROOF]),
        read: readReasoning,
      },
    },
    write: writeReasoningItem,
  },
  'tool-call': {
    read: {
      function_call: callType('arguments'),
      custom_tool_call: callType('input'),
    },
    write: writeCall,
  },
  'tool-result': {
    read: { function_call_output: RESULT, custom_tool_call_output: RESULT },
    write: writeResult,
  },
  native: {
    read: {
      ...Object.fromEntries(HOSTED_TRAFFIC.map((type) => [type, TRAFFIC])),
      compaction: { read: readCompaction },
    },
    write: ({ raw }) => raw,
  },
}

/** The parts and items of Responses. */
export const BLOCKS = new Blocks(FIELDS, { spellings: SPELLINGS })

function readReasoning(raw: JsonObject, at: string): ReasoningBlock {
  const { form, ...facts } = readReasoningItem(raw)
  // Where this family proves nothing, what its clients call a summary is what another one thought.
  const isForeign = form === 'summary' && facts.signature?.family !== FAMILY
  const { summary, content } = raw
  // Its pieces become one text.
  const untold = FIELDS.untold({ summary, content }, PIECES, HELD_PIECES)
  return { type: 'reasoning', ...facts, form: isForeign ? 'full' : form, at, ...untold }
}

const PIECES: ReadonlySet<string> = new Set(['summary', 'content'])
const HELD_PIECES = [...PIECES].map((key) => ({ key, fields: new Set(['type', 'text']) }))

function readCall(raw: JsonObject, at: string, key: 'arguments' | 'input'): ToolCallBlock {
  const name = FIELDS.requiredText(raw, 'name', at)
  return {
    type: 'tool-call',
    id: FIELDS.requiredText(raw, 'call_id', at),
    name: joinName(FIELDS.text(raw, 'namespace', at), name),
    arguments: FIELDS.text(raw, key, at) ?? '',
    form: key === 'arguments' ? 'json' : 'text',
    at: `${at}.${key}`,
  }
}

function readResult(raw: JsonObject, at: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: FIELDS.requiredText(raw, 'call_id', at),
    isError: false,
    blocks: BLOCKS.readContent(raw, 'output', at),
    at,
  }
}

function writeCall(call: ToolCallBlock, to: ToResponses): JsonObject {
  if (call.signature !== undefined) to.notice('seal.foreign', call.at)
  const call_id = to.callId(call.id)
  const named = namespaceMembers(call.name, to.chat.tools) ?? { name: toWireToolName(call.name, to.wire) }
  if (call.form === 'text' && !to.wire.emulatesText)
    return { type: 'custom_tool_call', call_id, ...named, input: call.arguments }
  return { type: 'function_call', call_id, ...named, arguments: argumentsOf(call) }
}

function writeResult(result: ToolResultBlock, to: ToResponses): JsonObject {
  const type = to.isFreeText(result.callId) ? 'custom_tool_call_output' : 'function_call_output'
  const output = BLOCKS.writeResult(result, { ...to, speaker: 'user' })
  return { type, call_id: to.callId(result.callId), output }
}

function writeMedia(block: MediaBlock, to: ToResponses): JsonObject {
  const { kind, source, detail, name: filename } = block
  if (to.speaker === 'assistant') return refuseBlock(block, 'An answer that was given holds text only.')
  if (kind === 'audio' || kind === 'video')
    return refuseBlock(block, `The provider does not take ${kind} in this API.`)
  const { url, fileId: file_id } = mediaAddress(block, to, FAMILY)
  if (kind === 'image') return { type: 'input_image', image_url: url, file_id, detail }
  if (source.from === 'url') return { type: 'input_file', file_url: url, filename }
  if (file_id !== undefined) return { type: 'input_file', file_id }
  return { type: 'input_file', filename: filename ?? 'document.pdf', file_data: url }
}
