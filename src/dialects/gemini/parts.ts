import type {
  Block,
  ReasoningBlock,
  SearchResultBlock,
  Signature,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { parseJsonObject, type Json, type JsonObject } from '../../kit/json.ts'
import { jsonText, writeObject } from '../../kit/json-text.ts'
import { Blocks, type Spellings } from '../blocks.ts'
import { toWireToolName } from '../tool-name.ts'
import { writeMedia } from './media-parts.ts'
import { FAMILY, FIELDS, SIGNATURE } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'

/** What each kind of block is in a request: a part. Clients' parts have no word for their kind and are read by what they hold. */
const SPELLINGS: Spellings<ToGemini> = {
  text: { read: {}, write: writeText },
  refusal: { read: {}, write: ({ text }) => ({ text }) },
  media: { read: {}, write: writeMedia },
  'search-result': { read: {}, write: writePassage },
  reasoning: { read: {}, write: writeReasoning },
  'tool-call': { read: {}, write: writeCall },
  'tool-result': { read: {}, write: writeResult },
  native: { read: {}, write: ({ raw }) => raw },
}

/** The parts that a provider is told. */
export const PARTS = new Blocks(FIELDS, {
  spellings: SPELLINGS,
  mark: (_block, _mark, { notice }) => {
    notice('cache.hint-dropped')
    return undefined
  },
})

/** The member that a proof of the family is; others never get here. */
function signed(signature: Signature | undefined): JsonObject | undefined {
  return signature?.family === FAMILY ? { [SIGNATURE]: signature.value } : undefined
}

function writeText({ text, citations, signature }: TextBlock, { notice }: ToGemini): JsonObject {
  if (citations !== undefined && citations.length > 0) notice('citation.dropped')
  if (signature !== undefined && signature.family !== FAMILY) notice('seal.foreign')
  return { text, ...signed(signature) }
}

/** A proof without words came with an empty text, and goes back with one. */
function writeReasoning({ text, form, signature }: ReasoningBlock): JsonObject {
  return form === 'hidden'
    ? { text: '', ...signed(signature) }
    : { text, thought: true, ...signed(signature) }
}

function writeCall(call: ToolCallBlock, { callId, wire, notice }: ToGemini): JsonObject {
  if (call.signature !== undefined && call.signature.family !== FAMILY) notice('seal.foreign')
  const functionCall = { id: callId(call.id), name: toWireToolName(call.name, wire), args: argumentsOf(call) }
  return { functionCall: jsonText(writeObject(functionCall)), ...signed(call.signature) }
}

/** The arguments as they stand, checked but not rewritten; a free text becomes the one field of the emulating function. */
function argumentsOf(call: ToolCallBlock): Json {
  if (call.form === 'text') return { input: call.arguments }
  const text = call.arguments.trim()
  if (text === '') return {}
  if (parseJsonObject(text) !== undefined) return jsonText(text)
  throw new Failure('invalid-request', {
    param: call.at ?? 'contents',
    message: `The arguments of tool call "${call.id}" (${call.name}) are not a JSON object.`,
  })
}

/** A result that is a JSON object goes as it is, any other text under the name that the API suggests for it. */
function writeResult({ callId, blocks, isError }: ToolResultBlock, to: ToGemini): JsonObject {
  const text = blocks.map(textOf).join('\n')
  const isObject = !isError && text.trimStart().startsWith('{') && parseJsonObject(text) !== undefined
  const response = isObject ? jsonText(text) : { [isError ? 'error' : 'output']: text }
  const name = toWireToolName(to.calls.get(callId) ?? callId, to.wire)
  return { functionResponse: jsonText(writeObject({ id: to.callId(callId), name, response })) }
}

function textOf(block: Block): string {
  if (block.type === 'text' || block.type === 'refusal') return block.text
  if (block.type === 'search-result') return passageOf(block)
  throw new Failure('unsupported-feature', {
    param: block.at ?? 'contents',
    message: 'Only text can be sent in the result of a tool.',
  })
}

function writePassage(block: SearchResultBlock, { notice }: ToGemini): JsonObject {
  if (block.cite === true) notice('citation.dropped', block.at)
  return { text: passageOf(block) }
}

function passageOf({ title, source, blocks }: SearchResultBlock): string {
  return [title, source, ...blocks.map(textOf)].filter((line) => line !== '').join('\n')
}
