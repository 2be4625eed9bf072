import type {
  Block,
  MediaBlock,
  MediaSource,
  NativeBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, readObject, type JsonObject } from '../../kit/json.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { isAbsent } from '../fields.ts'
import { toSource } from '../media-source.ts'
import { documentTypeOf, imageTypeOf } from '../media-type.ts'
import { toWireToolName } from '../tool-name.ts'
import type { ToResponses } from './to-responses.ts'
import { joinName } from './decode-tools.ts'
import { readReasoningItem, writeReasoningItem } from './reasoning-item.ts'
import { FAMILY, FIELDS, TOOL_ERROR_PREFIX } from './vocabulary.ts'

const TEXT: WireType<TextBlock> = {
  fields: new Set(['type', 'text', 'annotations', 'logprobs']),
  read: (raw, at) => ({ type: 'text', text: FIELDS.requiredText(raw, 'text', at) }),
}

/** Traffic of tools that the provider ran in an earlier answer: the text behind it says what came of it. */
const HOSTED_TRAFFIC: WireType<NativeBlock> = {
  read: (raw, at) => ({ type: 'native', family: FAMILY, raw, at, elsewhere: '' }),
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
      refusal: { read: (raw, at) => ({ type: 'refusal', text: FIELDS.requiredText(raw, 'refusal', at) }) },
    },
    write: ({ text }) => ({ type: 'refusal', refusal: text }),
  },
  media: {
    read: {
      input_image: { fields: new Set(['type', 'image_url', 'file_id', 'detail']), read: readImage },
      input_file: {
        fields: new Set(['type', 'file_data', 'file_url', 'file_id', 'filename']),
        read: readFile,
      },
      input_audio: { fields: new Set(['type', 'input_audio']), read: readAudio },
    },
    write: writeMedia,
  },
  'search-result': {
    read: {},
    // A retrieved passage is text below its title and source.
    write: ({ title, source, blocks, cite }, to) => {
      if (cite === true) to.notice('citation.dropped')
      return { type: 'input_text', text: [title, source, ...textsOf(blocks)].join('\n') }
    },
  },
  reasoning: { read: { reasoning: { read: readReasoning } }, write: writeReasoningItem },
  'tool-call': {
    read: {
      function_call: {
        fields: new Set(['type', 'id', 'call_id', 'name', 'namespace', 'arguments', 'status']),
        read: (raw, at) => readCall(raw, at, 'arguments'),
      },
      custom_tool_call: {
        fields: new Set(['type', 'id', 'call_id', 'name', 'namespace', 'input', 'status']),
        read: (raw, at) => readCall(raw, at, 'input'),
      },
    },
    write: writeCall,
  },
  'tool-result': {
    read: { function_call_output: { read: readResult }, custom_tool_call_output: { read: readResult } },
    write: writeResult,
  },
  native: {
    read: {
      web_search_call: HOSTED_TRAFFIC,
      file_search_call: HOSTED_TRAFFIC,
      code_interpreter_call: HOSTED_TRAFFIC,
      image_generation_call: HOSTED_TRAFFIC,
      mcp_list_tools: HOSTED_TRAFFIC,
      mcp_call: HOSTED_TRAFFIC,
      tool_search_call: HOSTED_TRAFFIC,
      tool_search_output: HOSTED_TRAFFIC,
    },
    write: ({ raw }) => raw,
  },
}

/** The parts and items of Responses. */
export const BLOCKS = new Blocks(FIELDS, {
  spellings: SPELLINGS,
  // A mark goes where the client itself wrote it, as an unknown member.
  mark: ({ extra }, _mark, { notice }) => {
    if (extra?.[FAMILY]?.['prompt_cache_breakpoint'] === undefined) notice('cache.hint-dropped')
    return undefined
  },
})

/**
 * Reads content: a string, or an array of parts. Null and absent are no content.
 *
 * @param key where it stands in its holder
 * @param within where the holder stands: `input[2]`
 */
export function readContent(holder: JsonObject, key: string, within: string): Block[] {
  const content = holder[key]
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!isArray(content)) return FIELDS.refuseKind(`${within}.${key}`, 'a string or an array of parts')
  return content.map((part, index) => BLOCKS.read(part, `${within}.${key}[${index}]`))
}

function readReasoning(raw: JsonObject, at: string): ReasoningBlock {
  const { form, ...facts } = readReasoningItem(raw)
  // Where this family proves nothing, what its clients call a summary is what another one thought.
  const isForeign = form === 'summary' && facts.signature?.family !== FAMILY
  return { type: 'reasoning', ...facts, form: isForeign ? 'full' : form, at }
}

function readImage(raw: JsonObject, at: string): MediaBlock {
  const held = raw['image_url']
  const url = isObject(held)
    ? FIELDS.requiredText(held, 'url', `${at}.image_url`)
    : FIELDS.text(raw, 'image_url', at)
  const source = url === undefined ? toFile(raw, at) : toSource(url)
  return { type: 'media', kind: 'image', source, ...defined({ detail: FIELDS.text(raw, 'detail', at) }), at }
}

function readFile(raw: JsonObject, at: string): MediaBlock {
  const name = FIELDS.text(raw, 'filename', at)
  return { type: 'media', kind: 'document', source: sourceOfFile(raw, at), ...defined({ name }), at }
}

function sourceOfFile(raw: JsonObject, at: string): MediaSource {
  const data = FIELDS.text(raw, 'file_data', at)
  if (data !== undefined) return toSource(data, 'application/pdf')
  const url = FIELDS.text(raw, 'file_url', at)
  return url === undefined ? toFile(raw, at) : toSource(url)
}

function toFile(raw: JsonObject, at: string): MediaSource {
  return { from: 'file', family: FAMILY, fileId: FIELDS.requiredText(raw, 'file_id', at) }
}

function readAudio(raw: JsonObject, at: string): MediaBlock {
  const within = `${at}.input_audio`
  const audio = readObject(raw, 'input_audio') ?? FIELDS.refuseAbsent(within)
  const format = FIELDS.requiredText(audio, 'format', within)
  const mediaType = `audio/${format === 'mp3' ? 'mpeg' : format}`
  const base64 = FIELDS.requiredText(audio, 'data', within)
  return { type: 'media', kind: 'audio', source: { from: 'bytes', base64, mediaType }, at }
}

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
    blocks: readContent(raw, 'output', at),
    at,
  }
}

function writeCall(call: ToolCallBlock, to: ToResponses): JsonObject {
  if (call.signature !== undefined) to.notice('seal.foreign', call.at)
  const call_id = to.callId(call.id)
  const named = to.nameOf(call.name) ?? { name: toWireToolName(call.name, to.wire) }
  if (call.form === 'text' && !to.wire.emulatesText)
    return { type: 'custom_tool_call', call_id, ...named, input: call.arguments }
  const given = call.arguments === '' ? '{}' : call.arguments
  const text = call.form === 'text' ? JSON.stringify({ input: call.arguments }) : given
  return { type: 'function_call', call_id, ...named, arguments: text }
}

/** The wire has no field for a failure, which stands before the text. */
function writeResult({ callId, blocks, isError, at }: ToolResultBlock, to: ToResponses): JsonObject {
  if (isError) to.notice('result.error-textual', at)
  const prefix: readonly Block[] = isError ? [{ type: 'text', text: TOOL_ERROR_PREFIX }] : []
  const isPlain = blocks.every(({ type, extra }) => type === 'text' && extra?.[FAMILY] === undefined)
  const speaking = { ...to, speaker: 'user' as const }
  const output = isPlain
    ? textsOf(prefix).join('') + textsOf(blocks).join('\n')
    : [...prefix, ...blocks].map((block) => BLOCKS.write(block, speaking))
  const type = to.isFreeText(callId) ? 'custom_tool_call_output' : 'function_call_output'
  return { type, call_id: to.callId(callId), output }
}

function textsOf(blocks: readonly Block[]): string[] {
  return blocks.map((block) =>
    block.type === 'text' ? block.text : refuse(block, 'Only text can be sent here.'),
  )
}

function writeMedia(block: MediaBlock, to: ToResponses): JsonObject {
  const { kind, source } = block
  if (to.speaker === 'assistant') return refuse(block, 'An answer that was given holds text only.')
  if (source.from === 'text' || source.from === 'blocks')
    return refuse(block, 'Text cannot be sent in this form.')
  switch (kind) {
    case 'image':
      return writeImage(block, to)
    case 'document':
      return writeDocument(block, to)
    case 'audio':
    case 'video':
      return refuse(block, `The provider does not take ${kind} in this API.`)
  }
}

function writeImage(block: MediaBlock, { capabilities, quirks }: ToResponses): JsonObject {
  const { source, detail } = block
  if (capabilities.vision === false) return refuse(block, 'The model does not take images.')
  if (source.from === 'url') {
    if (quirks.imageUrls === false)
      return refuse(block, 'The provider takes images only as bytes, not by URL.')
    return { type: 'input_image', image_url: source.url, detail }
  }
  if (source.from !== 'bytes') return { type: 'input_image', ...fileId(block), detail }
  const type = imageTypeOf(source)
  if (quirks.imageTypes?.includes(type) === false)
    return refuse(block, `The provider does not take images of type ${type}.`)
  return { type: 'input_image', image_url: `data:${type};base64,${source.base64}`, detail }
}

function writeDocument(block: MediaBlock, { capabilities }: ToResponses): JsonObject {
  const { source, name: filename } = block
  if (capabilities.documents === false) return refuse(block, 'The model does not take documents.')
  if (source.from === 'url') return { type: 'input_file', file_url: source.url, filename }
  if (source.from !== 'bytes') return { type: 'input_file', ...fileId(block) }
  const file_data = `data:${documentTypeOf(source)};base64,${source.base64}`
  return { type: 'input_file', filename: filename ?? 'document.pdf', file_data }
}

function fileId(block: MediaBlock): JsonObject {
  const { source } = block
  return source.from === 'file' && source.family === FAMILY
    ? { file_id: source.fileId }
    : refuse(block, 'A file uploaded to another provider cannot be sent.')
}

function refuse({ at }: Block, message: string): never {
  throw new Failure('unsupported-feature', { param: at ?? 'input', message })
}
