import type { Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { isObject, readObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { inCamel } from '../../kit/in-camel.ts'
import { isAbsent } from '../fields.ts'
import { joinPieces } from '../join-pieces.ts'
import { readPart } from './parts.ts'
import { FIELDS } from './vocabulary.ts'

/** A call that was read, and whether its result was. */
interface AskedCall {
  readonly id: string
  readonly name: string
  answered: boolean
}

const CONTENT_FIELDS: ReadonlySet<string> = new Set(['role', 'parts'])
const ROLES: ReadonlySet<string> = new Set(['', 'user', 'model', 'function', 'system'])

/** Reads `systemInstruction` and `contents`. Throws `Failure('invalid-request')` with the path of what is wrong. */
export function readConversation(body: JsonObject): Turn[] {
  const turns: Turn[] = []
  const calls: AskedCall[] = []
  const system = body['systemInstruction']
  if (!isAbsent(system)) {
    const content = typeof system === 'string' ? { parts: [system] } : system
    const turn = readContent(content, 'systemInstruction', calls)
    if (turn.blocks.length > 0) turns.push({ ...turn, role: 'system' })
  }
  const contents = FIELDS.array(body, 'contents') ?? FIELDS.refuseAbsent('contents')
  if (contents.length === 0) FIELDS.refuse('contents', 'is empty')
  contents.forEach((content, index) => addTurn(turns, readContent(content, `contents[${index}]`, calls)))
  return turns.map((turn) =>
    turn.role === 'assistant' ? { ...turn, blocks: joinPieces(turn.blocks) } : turn,
  )
}

/** Contents of the model that follow each other are the pieces of one stream: the official SDK keeps each of them as it came. */
function addTurn(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1)
  const isPiece = turn.role === 'assistant' && last?.role === 'assistant' && turn.extra === undefined
  if (isPiece) turns[turns.length - 1] = { ...last, blocks: [...last.blocks, ...turn.blocks] }
  else turns.push(turn)
}

function readContent(value: Json, at: string, calls: AskedCall[]): Turn {
  const content = FIELDS.asObject(value, at)
  const role = FIELDS.text(content, 'role', at) ?? ''
  if (!ROLES.has(role)) FIELDS.refuseKind(`${at}.role`, 'user or model')
  const parts = FIELDS.array(content, 'parts', at) ?? []
  const blocks = parts.map((part, index) => withCallId(readPart(part, `${at}.parts[${index}]`), part, calls))
  const unknown = FIELDS.unknown(content, CONTENT_FIELDS)
  return { role: role === 'model' ? 'assistant' : 'user', blocks, at, ...unknown }
}

/**
 * Gives a call without an id one that depends on its place alone, which is the same in every later request of the conversation, and a
 * result without one that of the first call of its name that has none yet.
 */
function withCallId(block: Block, part: Json, calls: AskedCall[]): Block {
  if (block.type === 'tool-call') {
    const { name, id: own } = block
    const id = own === '' ? `call_${calls.length}` : own
    calls.push({ id, name, answered: false })
    return { ...block, id }
  }
  if (block.type !== 'tool-result') return block
  const { callId } = block
  const result = isObject(part) ? readObject(inCamel(part), 'functionResponse') : undefined
  const name = readString(result ?? NOTHING, 'name') ?? ''
  const call = calls.find((one) => (callId === '' ? one.name === name && !one.answered : one.id === callId))
  if (call !== undefined) call.answered = true
  return { ...block, callId: call?.id ?? (callId === '' ? name : callId) }
}

const NOTHING: JsonObject = {}
