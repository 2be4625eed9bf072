import type {
  Block,
  NativeBlock,
  ReasoningBlock,
  Signature,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../exchange/content.ts'
import { parseJsonObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { jsonText, writeObject } from '../../kit/json-text.ts'
import { Blocks, type Spellings, type WireType } from '../blocks.ts'
import { inCamel } from '../../kit/in-camel.ts'
import { readMedia, writeMedia } from './media-parts.ts'
import { readSignature } from './signature.ts'
import type { ToGemini } from './to-gemini.ts'
import { FAMILY, FIELDS, SIGNATURE } from './vocabulary.ts'

/** What the provider's own tools did: the text around it says what came of it. */
const TRAFFIC: WireType<NativeBlock> = {
  read: (raw, at) => ({ type: 'native', family: FAMILY, raw, at, elsewhere: '' }),
}

/** What each kind of block is as a part, in requests and in answers. Parts are known by the member that they hold. */
const SPELLINGS: Spellings<ToGemini> = {
  text: {
    read: { text: { fields: new Set(['text', 'thought', SIGNATURE]), read: readText } },
    write: ({ text, signature }, to) => ({ text, ...proven(signature, to) }),
  },
  refusal: { read: {}, write: ({ text }) => ({ text }) },
  media: {
    read: {
      inlineData: {
        fields: new Set(['inlineData']),
        held: [{ key: 'inlineData', fields: new Set(['mimeType', 'data', 'displayName']) }],
        read: readMedia,
      },
      fileData: {
        fields: new Set(['fileData']),
        // An address alone does not say what is there, so its type is kept beside it.
        held: [{ key: 'fileData', fields: new Set(['fileUri', 'displayName']) }],
        read: readMedia,
      },
    },
    write: writeMedia,
  },
  'search-result': { read: {}, write: (block, to) => ({ text: PARTS.passage(block, to) }) },
  reasoning: { read: {}, write: writeReasoning },
  'tool-call': {
    read: {
      functionCall: {
        fields: new Set(['functionCall', SIGNATURE]),
        held: [
          { key: 'functionCall', fields: new Set(['id', 'name', 'args', 'partialArgs', 'willContinue']) },
        ],
        read: readCall,
      },
    },
    write: writeCall,
  },
  'tool-result': {
    read: {
      functionResponse: {
        fields: new Set(['functionResponse', SIGNATURE]),
        held: [{ key: 'functionResponse', fields: new Set(['id', 'name', 'response', 'parts']) }],
        read: readResult,
      },
    },
    write: writeResult,
  },
  native: {
    read: {
      executableCode: TRAFFIC,
      codeExecutionResult: TRAFFIC,
      toolCall: TRAFFIC,
      toolResponse: TRAFFIC,
    },
    write: ({ raw }) => raw,
  },
}

/** The parts of a content. */
export const PARTS = new Blocks(FIELDS, {
  spellings: SPELLINGS,
  byMember: true,
})

/** Reads a part as a client wrote it, in either spelling of names; a string is its text. */
export function readPart(value: Json, at: string): Block {
  const part = typeof value === 'string' ? { text: value } : FIELDS.asObject(value, at)
  return PARTS.read(inCamel(part, 2), at)
}

/** The member that is the proof of a part. */
function proven(signature: Signature | undefined, { proof, notice }: ToGemini): JsonObject | undefined {
  if (signature === undefined) return undefined
  const value = proof(signature)
  if (value === undefined) notice('seal.foreign')
  return { [SIGNATURE]: value }
}

/** A thought, a text, or a proof alone, which is kept as a thought that nobody reads. */
function readText(part: JsonObject, at: string): TextBlock | ReasoningBlock {
  const text = FIELDS.requiredText(part, 'text', at)
  const proof = readSignature(part, at)
  const isThought = FIELDS.flag(part, 'thought', at) === true
  if (text === '' && proof.signature !== undefined)
    return { type: 'reasoning', text, form: 'hidden', ...proof }
  return isThought
    ? { type: 'reasoning', text, form: 'full', ...proof }
    : { type: 'text', text, ...proof, at }
}

/** A proof without words came with an empty text, and goes back with one. */
function writeReasoning({ text, form, signature }: ReasoningBlock, to: ToGemini): JsonObject {
  const thought = form === 'hidden' ? undefined : true
  return { text, thought, ...proven(signature, to) }
}

/** A call without an id has an empty one. */
function readCall(part: JsonObject, at: string): ToolCallBlock {
  const within = `${at}.functionCall`
  const call = FIELDS.asObject(part['functionCall'], within)
  return {
    type: 'tool-call',
    id: FIELDS.text(call, 'id', within) ?? '',
    name: FIELDS.requiredText(call, 'name', within),
    arguments: JSON.stringify(FIELDS.object(call, 'args', within) ?? {}),
    form: 'json',
    at: `${within}.args`,
    ...readSignature(part, at),
  }
}

function writeCall(call: ToolCallBlock, to: ToGemini): JsonObject {
  const functionCall = { id: to.callId(call.id), name: to.toolName(call.name), args: to.args(call) }
  return { functionCall: jsonText(writeObject(functionCall)), ...proven(call.signature, to) }
}

/** The result of a call that it does not name has an empty id of it. */
function readResult(part: JsonObject, at: string): ToolResultBlock {
  const within = `${at}.functionResponse`
  const result = FIELDS.asObject(part['functionResponse'], within)
  const { text, isError } = outcomeOf(FIELDS.object(result, 'response', within) ?? {})
  const media = (FIELDS.array(result, 'parts', within) ?? []).map((held, index) => {
    const place = `${within}.parts[${index}]`
    return readPart(held, place)
  })
  const callId = FIELDS.text(result, 'id', within) ?? ''
  return { type: 'tool-result', callId, isError, blocks: [{ type: 'text', text }, ...media], at }
}

/**
 * A response that says one text, as what came out or as what went wrong; any other is its JSON. The Vercel AI SDK says `content`, and
 * the name once more.
 */
function outcomeOf(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const error = readString(response, 'error')
  const { name } = response
  const content = name === undefined ? undefined : readString(response, 'content')
  const said = content ?? readString(response, 'output') ?? error
  const isMore = Object.keys(response).length > (content === undefined ? 1 : 2)
  if (isMore || said === undefined) return { text: JSON.stringify(response), isError: false }
  return { text: said, isError: error !== undefined }
}

/** A result that is a JSON object goes as it is, any other text under the name that the API suggests for it. */
function writeResult({ callId, blocks, isError }: ToolResultBlock, to: ToGemini): JsonObject {
  const text = PARTS.texts(blocks, to).join('\n')
  const isObject = !isError && text.trimStart().startsWith('{') && parseJsonObject(text) !== undefined
  const response = isObject ? jsonText(text) : { [isError ? 'error' : 'output']: text }
  const name = to.toolName(to.calls.get(callId) ?? callId)
  return { functionResponse: jsonText(writeObject({ id: to.callId(callId), name, response })) }
}
