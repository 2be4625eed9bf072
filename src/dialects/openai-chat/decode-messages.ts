import type { Turn } from '../../exchange/chat.ts'
import type { Block, Extra, ToolCallBlock, ToolResultBlock } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { isObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { isAbsent } from '../fields.ts'
import type { HeldObject } from '../unknown-members.ts'
import { readCallSignature } from './call-signature.ts'
import { BLOCKS } from './blocks.ts'
import { DETAIL_FIELDS, isKeptWhole, readDetail } from './reasoning-details.ts'
import {
  ASSISTANT_FIELDS,
  FAMILY,
  FIELDS,
  FUNCTION_MESSAGE_FIELDS,
  MESSAGE_FIELDS,
  TOOL_CALL_FIELDS,
  TOOL_MESSAGE_FIELDS,
} from './vocabulary.ts'

/** A message as one turn, or as a tool's result that joins the results around it. */
type Reader = (message: JsonObject, path: string, index: number) => Turn | ToolResultBlock

const ROLES: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['system', (message, path) => plainTurn('system', message, path)],
  ['developer', (message, path) => ({ ...plainTurn('system', message, path), rank: 'developer' })],
  ['user', (message, path) => plainTurn('user', message, path)],
  ['assistant', assistantTurn],
  ['tool', toolResult],
  ['function', functionResult],
])

/**
 * Reads `messages` to turns. Neighbouring tool messages become one user turn of results, every other message is one
 * turn, so that message boundaries survive a round trip.
 */
export function decodeMessages(messages: readonly Json[]): Turn[] {
  const turns: Turn[] = []
  let results: ToolResultBlock[] | undefined
  let index = 0
  for (const value of messages) {
    const read = readMessage(value, index)
    index += 1
    if ('role' in read) {
      results = undefined
      turns.push(read)
    } else if (results === undefined) {
      results = [read]
      turns.push({ role: 'user', blocks: results, ...defined({ at: read.at }) })
    } else {
      results.push(read)
    }
  }
  return turns
}

function readMessage(value: Json, index: number): Turn | ToolResultBlock {
  const path = `messages[${index}]`
  const message = FIELDS.asObject(value, path)
  const role = FIELDS.requiredText(message, 'role', path)
  const read = ROLES.get(role)
  if (read === undefined)
    return FIELDS.refuseKind(
      `${path}.role`,
      `one of ${[...ROLES.keys()].join(', ')}; got \`${role.slice(0, 40)}\``,
    )
  return read(message, path, index)
}

function plainTurn(role: 'system' | 'user', message: JsonObject, path: string): Turn {
  if (isAbsent(message['content'])) FIELDS.refuseAbsent(`${path}.content`)
  const turn: Mutable<Turn> = { role, blocks: BLOCKS.readContent(message, 'content', path), at: path }
  setDefined(turn, 'name', FIELDS.text(message, 'name', path))
  setDefined(turn, 'extra', FIELDS.unknown(message, MESSAGE_FIELDS).extra)
  return turn
}

function assistantTurn(message: JsonObject, path: string, index: number): Turn {
  const refusal = FIELDS.text(message, 'refusal', path)
  const { audio } = message
  const blocks: Block[] = decodeReasoning(message)
  for (const block of BLOCKS.readContent(message, 'content', path)) blocks.push(block)
  if (refusal !== undefined) blocks.push({ type: 'refusal', text: refusal })
  if (isObject(audio)) blocks.push({ type: 'native', family: FAMILY, raw: { audio }, at: `${path}.audio` })
  decodeCalls(blocks, message, { path, index })
  const turn: Mutable<Turn> = { role: 'assistant', blocks: withoutEmptyText(blocks), at: path }
  setDefined(turn, 'name', FIELDS.text(message, 'name', path))
  const { extra } = FIELDS.unknown(message, ASSISTANT_FIELDS)
  const untold = untoldDetails(message)
  setDefined(turn, 'extra', untold === undefined ? extra : { ...extra, ...untold })
  return turn
}

/** Drops empty text beside other blocks: clients write `content: ""` next to calls, and some targets refuse it. */
function withoutEmptyText(blocks: readonly Block[]): readonly Block[] {
  if (blocks.length < 2) return blocks
  const full = blocks.filter((block) => block.type !== 'text' || block.text !== '')
  return full.length === 0 ? blocks : full
}

function decodeReasoning(message: JsonObject): Block[] {
  const blocks: Block[] = []
  for (const entry of readObjects(message, 'reasoning_details')) {
    const detail = readDetail(entry)
    if (detail !== undefined) blocks.push({ type: 'reasoning', ...detail })
  }
  if (blocks.length > 0) return blocks
  const text = readString(message, 'reasoning_content') ?? readString(message, 'reasoning')
  return text === undefined || text === '' ? [] : [{ type: 'reasoning', text, form: 'full' }]
}

/** What nobody knows of thoughts without a proof: they are told as thoughts, and nothing beside. */
function untoldDetails(message: JsonObject): Extra | undefined {
  const entries = readObjects(message, DETAILS).filter((entry) => !isKeptWhole(entry))
  if (entries.length === 0) return undefined
  const known = entries.every((entry) => readDetail(entry) !== undefined) ? DETAIL_FIELDS : NO_FIELDS
  return FIELDS.untold({ [DETAILS]: entries }, ENTRIES, [{ key: DETAILS, fields: known }]).extra
}

const DETAILS = 'reasoning_details'
const ENTRIES: ReadonlySet<string> = new Set([DETAILS])
const NO_FIELDS: ReadonlySet<string> = new Set()

function decodeCalls(
  blocks: Block[],
  message: JsonObject,
  { path, index }: { readonly path: string; readonly index: number },
): void {
  let position = 0
  for (const value of FIELDS.array(message, 'tool_calls', path) ?? NO_CALLS) {
    const place = `${path}.tool_calls[${position}]`
    blocks.push(decodeCall(FIELDS.asObject(value, place), place))
    position += 1
  }
  const old = message['function_call']
  if (isObject(old)) {
    const call = functionCall(old, `${path}.function_call`)
    blocks.push({
      ...call,
      id: legacyId(index),
      ...FIELDS.unknown({ function: old }, TOOL_CALL_FIELDS, HELD_FUNCTION),
    })
  }
}

const HELD_FUNCTION: readonly HeldObject[] = [{ key: 'function', fields: new Set(['name', 'arguments']) }]
/** A call of a tool with free text is none of a function, whatever stands beside it. */
const HELD_CUSTOM: readonly HeldObject[] = [
  { key: 'custom', fields: new Set(['name', 'input']) },
  { key: 'function', fields: new Set() },
]

const NO_CALLS: readonly Json[] = []

function decodeCall(call: JsonObject, path: string): ToolCallBlock {
  const id = FIELDS.requiredText(call, 'id', path)
  const custom = call['custom']
  const shared = {
    id,
    ...defined({ signature: readCallSignature(call) }),
    ...FIELDS.unknown(call, TOOL_CALL_FIELDS, isObject(custom) ? HELD_CUSTOM : HELD_FUNCTION),
  }
  if (!isObject(custom))
    return {
      ...functionCall(FIELDS.asObject(call['function'], path, 'function'), `${path}.function`),
      ...shared,
    }
  return {
    type: 'tool-call',
    name: FIELDS.requiredText(custom, 'name', `${path}.custom`),
    arguments: FIELDS.text(custom, 'input', `${path}.custom`) ?? '',
    form: 'text',
    at: `${path}.custom.input`,
    ...shared,
  }
}

function functionCall(call: JsonObject, path: string): ToolCallBlock {
  const given = call['arguments']
  return {
    type: 'tool-call',
    id: '',
    name: FIELDS.requiredText(call, 'name', path),
    // Some servers hand out arguments as an object, and clients send back what they got.
    arguments: isObject(given) ? JSON.stringify(given) : (FIELDS.text(call, 'arguments', path) ?? ''),
    form: 'json',
    at: `${path}.arguments`,
  }
}

/** The deprecated `function_call` has no id; its place in the conversation never changes. */
function legacyId(index: number): string {
  return `call_message_${index}`
}

function toolResult(message: JsonObject, path: string): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: FIELDS.requiredText(message, 'tool_call_id', path),
    isError: false,
    blocks: BLOCKS.readContent(message, 'content', path),
    at: path,
    ...FIELDS.unknown(message, TOOL_MESSAGE_FIELDS),
  }
}

/** A deprecated `function` message answers the message before it. */
function functionResult(message: JsonObject, path: string, index: number): ToolResultBlock {
  return {
    type: 'tool-result',
    callId: legacyId(index - 1),
    isError: false,
    blocks: BLOCKS.readContent(message, 'content', path),
    at: path,
    ...FIELDS.unknown(message, FUNCTION_MESSAGE_FIELDS),
  }
}
