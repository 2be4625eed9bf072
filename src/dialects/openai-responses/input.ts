import type { Tool, Turn } from '../../exchange/chat.ts'
import type { Block, Extra } from '../../exchange/content.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { readString, setMember, type Json, type JsonObject } from '../../kit/json.ts'
import { unwrapSignature, type CarriedSignature } from '../carried-signature.ts'
import { BLOCKS } from './blocks.ts'
import type { HeldObject } from '../unknown-members.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'
import { readToolList } from './tools.ts'

/** What `input` says: the conversation, and the tools that joined on the way. */
export interface Input {
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  /** What nobody knows and nobody can be told: it belongs to the question all the same. */
  readonly extra?: Extra
}

interface Reading {
  readonly turns: DraftTurn[]
  readonly tools: Tool[]
  /** The items by which they joined. */
  readonly joins: JsonObject[]
  /** What nobody knows of each message. */
  readonly unknown: JsonObject[]
  /** True where messages that become one turn say something else under one name that nobody knows, of which one is told. */
  contradicts: boolean
  /** Proofs that belong to calls. */
  readonly signatures: CarriedSignature[]
}

type DraftTurn = Mutable<Turn> & { readonly blocks: Block[] }

const MESSAGE_FIELDS: ReadonlySet<string> = new Set(['type', 'role', 'content', 'id', 'status'])

/** Who speaks, by the role of a message. */
const ROLES: ReadonlyMap<string, Pick<Turn, 'role' | 'rank'>> = new Map([
  ['system', { role: 'system' }],
  ['developer', { role: 'system', rank: 'developer' }],
  ['user', { role: 'user' }],
  ['assistant', { role: 'assistant' }],
])

/**
 * Reads `input`. What an assistant says, thinks and calls between two turns of others is one turn; so are neighbouring results of
 * tools; every other message is a turn of its own.
 */
export function readInput(body: JsonObject): Input {
  const { input } = body
  if (typeof input === 'string')
    return { turns: [{ role: 'user', blocks: [{ type: 'text', text: input }], at: 'input' }], tools: [] }
  const items = FIELDS.array(body, 'input')
  const reading: Reading = {
    turns: [],
    tools: [],
    joins: [],
    unknown: [],
    contradicts: false,
    signatures: [],
  }
  items?.forEach((item, index) => readItem(reading, item, `input[${index}]`))
  for (const carried of reading.signatures) returnSignature(reading.turns, carried)
  const { turns, tools, joins, unknown, contradicts } = reading
  return {
    turns,
    tools,
    ...FIELDS.untold({ [JOINS]: joins, ...(contradicts ? { input: unknown } : {}) }, NAMES, HELD_JOINS),
  }
}

function readItem(reading: Reading, value: Json, at: string): void {
  const item = FIELDS.asObject(value, at)
  const type = FIELDS.text(item, 'type', at) ?? 'message'
  if (type === 'message') readMessage(reading, item, at)
  else if (type === JOINS) {
    reading.joins.push(item)
    reading.tools.push(...readToolList(FIELDS.array(item, 'tools', at) ?? [], `${at}.tools`))
  } else if (type === 'item_reference')
    FIELDS.refuse(at, 'refers to an item that is not kept here: send the item itself')
  else {
    const carried = unwrapSignature(readString(item, 'encrypted_content') ?? '')
    if (carried?.callId === undefined) addBlock(reading.turns, BLOCKS.read(item, at), at)
    else reading.signatures.push(carried)
  }
}

const JOINS = 'additional_tools'
const NAMES: ReadonlySet<string> = new Set([JOINS])
const HELD_JOINS: readonly HeldObject[] = [
  { key: JOINS, fields: new Set(['type', 'id', 'role', 'status', 'tools']) },
]

function readMessage(reading: Reading, item: JsonObject, at: string): void {
  const role = FIELDS.requiredText(item, 'role', at)
  const speaker = ROLES.get(role)
  if (speaker === undefined)
    return FIELDS.refuseKind(
      `${at}.role`,
      `one of ${[...ROLES.keys()].join(', ')}; got \`${role.slice(0, 40)}\``,
    )
  const blocks = BLOCKS.readContent(item, 'content', at)
  const more = FIELDS.unknown(item, MESSAGE_FIELDS)
  const own = more.extra?.[FAMILY]
  if (own !== undefined) reading.unknown.push(own)
  const { turns } = reading
  const last = turns.at(-1)
  if (speaker.role === 'assistant' && last?.role === 'assistant') {
    last.blocks.push(...blocks)
    if (own === undefined) return
    const known = last.extra?.[FAMILY]
    if (known === undefined) setDefined(last, 'extra', more.extra)
    else if (addNew(known, own)) reading.contradicts = true
  } else turns.push({ ...speaker, blocks, at, ...more })
}

/** Adds members to an object that was made here; one that it has stays, and is true of the answer. */
function addNew(known: Record<string, Json | undefined>, more: JsonObject): boolean {
  let has = false
  for (const name of Object.keys(more)) {
    if (Object.hasOwn(known, name)) has = true
    else setMember(known, name, more[name])
  }
  return has
}

function addBlock(turns: DraftTurn[], block: Block, at: string): void {
  const isAsked = block.type === 'native' && ANSWERS.test(readString(block.raw, 'type') ?? '')
  const role = block.type === 'tool-result' || isAsked ? 'user' : 'assistant'
  const last = turns.at(-1)
  const joins = last?.role === role && (role === 'assistant' || last.blocks.every(isAnswer))
  if (joins) last.blocks.push(block)
  else turns.push({ role, blocks: [block], at })
}

/** Items with which a client answers the model's, or begins with what was said before. */
const ANSWERS = /_output$|_response$|_trigger$|^compaction$/

function isAnswer({ type }: Block): boolean {
  return type === 'tool-result' || type === 'native'
}

/** Gives a proof that travelled with a client back to the call that it belongs to; one whose call is gone proves nothing. */
function returnSignature(turns: readonly DraftTurn[], { signature, callId }: CarriedSignature): void {
  for (const { blocks } of turns) {
    const at = blocks.findIndex((block) => block.type === 'tool-call' && block.id === callId)
    const call = blocks[at]
    if (call?.type === 'tool-call') blocks[at] = { ...call, signature }
  }
}
