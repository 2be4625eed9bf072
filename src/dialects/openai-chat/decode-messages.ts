import type { Turn } from '../../exchange/chat.ts'
import type { Block, ReasoningBlock, Seal, ToolCallBlock, ToolResultBlock } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { decodeContent } from './decode-parts.ts'
import { readDetail } from './reasoning-details.ts'
import {
  arrayField,
  asObject,
  invalid,
  requiredString,
  stringField,
  unknownFields,
} from './request-fields.ts'
import {
  ASSISTANT_FIELDS,
  FAMILY,
  FUNCTION_MESSAGE_FIELDS,
  MESSAGE_FIELDS,
  TOOL_CALL_FIELDS,
  TOOL_MESSAGE_FIELDS,
} from './schema.ts'

/** A message as one turn, or as a tool's result that joins the results around it. */
type Reader = (message: JsonObject, path: string, index: number) => Turn | ToolResultBlock

const ROLES: Readonly<Record<string, Reader>> = {
  system: (message, path) => plainTurn('system', message, path),
  developer: (message, path) => ({ ...plainTurn('system', message, path), rank: 'developer' }),
  user: (message, path) => plainTurn('user', message, path),
  assistant: assistantTurn,
  tool: toolResult,
  function: functionResult,
}

/**
 * Reads `messages` to turns. Neighbouring tool messages become one user turn of results, every other message is one
 * turn, so that message boundaries survive a round trip.
 */
export function decodeMessages(messages: readonly Json[]): Turn[] {
  const turns: Turn[] = []
  let results: ToolResultBlock[] = []
  const flush = (): void => {
    if (results.length > 0) turns.push({ role: 'user', blocks: results })
    results = []
  }
  messages.forEach((value, index) => {
    const path = `messages[${index}]`
    const read = readMessage(asObject(value, path), path, index)
    if ('role' in read) {
      flush()
      turns.push(read)
    } else {
      results.push(read)
    }
  })
  flush()
  return turns
}

function readMessage(message: JsonObject, path: string, index: number): Turn | ToolResultBlock {
  const role = requiredString(message, 'role', `${path}.role`)
  const read = ROLES[role]
  if (read === undefined) {
    throw invalid(
      `${path}.role`,
      `\`${path}.role\` must be one of ${Object.keys(ROLES).join(', ')}; got \`${role.slice(0, 40)}\`.`,
    )
  }
  return read(message, path, index)
}

function plainTurn(role: 'system' | 'user', message: JsonObject, path: string): Turn {
  const { content } = message
  if (content === undefined || content === null)
    throw invalid(`${path}.content`, `\`${path}.content\` is required.`)
  return defined({
    role,
    blocks: decodeContent(content, `${path}.content`),
    name: stringField(message, 'name', `${path}.name`),
    extra: unknownFields(message, MESSAGE_FIELDS).extra,
  })
}

function assistantTurn(message: JsonObject, path: string, index: number): Turn {
  const refusal = stringField(message, 'refusal', `${path}.refusal`)
  const { audio } = message
  const blocks: Block[] = [
    ...decodeReasoning(message),
    ...decodeContent(message['content'], `${path}.content`),
    ...(refusal === undefined ? [] : [{ type: 'refusal' as const, text: refusal }]),
    ...(isObject(audio) ? [{ type: 'native' as const, family: FAMILY, raw: { audio } }] : []),
    ...decodeCalls(message, path, index),
  ]
  return defined({
    role: 'assistant' as const,
    blocks: withoutEmptyText(blocks),
    name: stringField(message, 'name', `${path}.name`),
    extra: unknownFields(message, ASSISTANT_FIELDS).extra,
  })
}

/** Drops empty text beside other blocks: clients write `content: ""` next to calls, and some targets refuse it. */
function withoutEmptyText(blocks: readonly Block[]): readonly Block[] {
  const full = blocks.filter((block) => block.type !== 'text' || block.text !== '')
  return full.length === 0 ? blocks : full
}

function decodeReasoning(message: JsonObject): ReasoningBlock[] {
  const blocks: ReasoningBlock[] = []
  for (const entry of readObjects(message, 'reasoning_details')) {
    const detail = readDetail(entry)
    if (detail !== undefined) blocks.push({ type: 'reasoning', ...detail })
  }
  if (blocks.length > 0) return blocks
  const text = readString(message, 'reasoning_content') ?? readString(message, 'reasoning')
  return text === undefined || text === '' ? [] : [{ type: 'reasoning', text, form: 'full' }]
}

function decodeCalls(message: JsonObject, path: string, index: number): ToolCallBlock[] {
  const calls = (arrayField(message, 'tool_calls', `${path}.tool_calls`) ?? []).map((value, position) =>
    decodeCall(asObject(value, `${path}.tool_calls[${position}]`), `${path}.tool_calls[${position}]`),
  )
  const old = message['function_call']
  if (!isObject(old)) return calls
  return [...calls, { ...functionCall(old, `${path}.function_call`), id: legacyId(index) }]
}

function decodeCall(call: JsonObject, path: string): ToolCallBlock {
  const id = requiredString(call, 'id', `${path}.id`)
  const shared = { id, ...carriedSeal(call), ...unknownFields(call, CALL_FIELDS) }
  const custom = call['custom']
  if (!isObject(custom))
    return { ...functionCall(asObject(call['function'], `${path}.function`), `${path}.function`), ...shared }
  return {
    type: 'tool-call',
    name: requiredString(custom, 'name', `${path}.custom.name`),
    arguments: stringField(custom, 'input', `${path}.custom.input`) ?? '',
    form: 'text',
    ...shared,
  }
}

const CALL_FIELDS: ReadonlySet<string> = new Set([...TOOL_CALL_FIELDS, 'gatehouse_seal'])

/** A seal of any family that our own encoder attached to a call. */
function carriedSeal(call: JsonObject): { seal?: Seal } {
  const held = call['gatehouse_seal']
  if (!isObject(held)) return {}
  const family = readString(held, 'family')
  const scheme = readString(held, 'scheme')
  const value = readString(held, 'value')
  if (family === undefined || scheme === undefined || value === undefined) return {}
  return { seal: { family, scheme, value } }
}

function functionCall(call: JsonObject, path: string): ToolCallBlock {
  const given = call['arguments']
  return {
    type: 'tool-call',
    id: '',
    name: requiredString(call, 'name', `${path}.name`),
    // Some servers hand out arguments as an object, and clients send back what they got.
    arguments: isObject(given)
      ? JSON.stringify(given)
      : (stringField(call, 'arguments', `${path}.arguments`) ?? ''),
    form: 'json',
  }
}

/** The deprecated `function_call` has no id; its place in the conversation never changes. */
function legacyId(index: number): string {
  return `call_message_${index}`
}

function toolResult(message: JsonObject, path: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: requiredString(message, 'tool_call_id', `${path}.tool_call_id`),
    isError: false,
    blocks: decodeContent(message['content'], `${path}.content`),
    ...unknownFields(message, TOOL_MESSAGE_FIELDS),
  }
}

/** A deprecated `function` message answers the message before it. */
function functionResult(message: JsonObject, path: string, index: number): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: legacyId(index - 1),
    isError: false,
    blocks: decodeContent(message['content'], `${path}.content`),
    ...unknownFields(message, FUNCTION_MESSAGE_FIELDS),
  }
}
