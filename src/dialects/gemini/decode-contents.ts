import type { Turn } from '../../exchange/chat.ts'
import type { Block, ReasoningBlock, TextBlock } from '../../exchange/content.ts'
import { isArray, isObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { inCamel } from './in-camel.ts'
import { readMedia } from './media-parts.ts'
import { FAMILY, FIELDS, SIGNATURE } from './vocabulary.ts'
import { readSignature } from './signature.ts'
import { defined } from '../../kit/defined.ts'

/** A call that was read, and whether its result was. */
interface AskedCall {
  readonly id: string
  readonly name: string
  answered: boolean
}

const CONTENT_FIELDS: ReadonlySet<string> = new Set(['role', 'parts'])

/** Reads `systemInstruction` and `contents`. Throws `Failure('invalid-request')` with the path of what is wrong. */
export function readConversation(body: JsonObject): Turn[] {
  const turns: Turn[] = []
  const calls: AskedCall[] = []
  const system = body['systemInstruction']
  if (typeof system === 'string')
    turns.push({ role: 'system', blocks: [{ type: 'text', text: system }], at: 'systemInstruction' })
  else if (system !== undefined && system !== null) {
    const turn = readContent(system, 'systemInstruction', calls)
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
  if (!['', 'user', 'model', 'function', 'system'].includes(role))
    FIELDS.refuseKind(`${at}.role`, 'user or model')
  const parts = content['parts']
  const listed = isArray(parts) ? parts : (FIELDS.array({ parts: parts ?? null }, 'parts', at) ?? [])
  const blocks = listed.map((part, index) =>
    readPart(typeof part === 'string' ? { text: part } : part, `${at}.parts[${index}]`, calls),
  )
  const unknown = FIELDS.unknown(content, CONTENT_FIELDS)
  return { role: role === 'model' ? 'assistant' : 'user', blocks, at, ...unknown }
}

/** What of a part is understood, by the member that says what it is. */
const PART_FIELDS: Readonly<Record<string, ReadonlySet<string>>> = {
  text: new Set(['text', 'thought', SIGNATURE]),
  inlineData: new Set(['inlineData']),
  fileData: new Set(['fileData']),
  functionCall: new Set(['functionCall', SIGNATURE]),
  functionResponse: new Set(['functionResponse', SIGNATURE]),
}

function readPart(value: Json, at: string, calls: AskedCall[]): Block {
  const part = inCamel(FIELDS.asObject(value, at))
  const kind = Object.keys(PART_FIELDS).find((name) => part[name] !== undefined && part[name] !== null)
  const block = blockOf(kind, part, { at, calls })
  const known = kind === undefined ? undefined : PART_FIELDS[kind]
  return known === undefined || block.type === 'native'
    ? block
    : Object.assign(block, FIELDS.unknown(part, known))
}

interface Place {
  readonly at: string
  readonly calls: AskedCall[]
}

function blockOf(kind: string | undefined, part: JsonObject, { at, calls }: Place): Block {
  switch (kind) {
    case 'text':
      return readText(part, at)
    case 'inlineData':
    case 'fileData':
      return readMedia(part, at)
    case 'functionCall':
      return readCall(part, at, calls)
    case 'functionResponse':
      return readResult(part, at, calls)
    case undefined:
    default:
      return nativePart(part, at)
  }
}

/** What the provider's own tools did: the text around it says what came of it. */
const HOSTED_TRAFFIC = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'] as const

function nativePart(raw: JsonObject, at: string): Block {
  const isTraffic = HOSTED_TRAFFIC.some((name) => isObject(raw[name]))
  return { type: 'native', family: FAMILY, raw, at, ...(isTraffic ? { elsewhere: '' } : {}) }
}

/** A thought, a text, or a proof alone, which is kept as a thought that nobody reads. */
function readText(part: JsonObject, at: string): TextBlock | ReasoningBlock {
  const text = FIELDS.requiredText(part, 'text', at)
  const { signature } = readSignature(part, at)
  const isThought = FIELDS.flag(part, 'thought', at) === true
  if (text === '' && signature !== undefined) return { type: 'reasoning', text, form: 'hidden', signature }
  const signed = signature === undefined ? {} : { signature }
  return isThought
    ? { type: 'reasoning', text, form: 'full', ...signed }
    : { type: 'text', text, ...signed, at }
}

function readCall(part: JsonObject, at: string, calls: AskedCall[]): Block {
  const call = FIELDS.asObject(part['functionCall'], at, 'functionCall')
  const within = `${at}.functionCall`
  const name = FIELDS.requiredText(call, 'name', within)
  // An id that depends on the place alone is the same in every later request of the conversation.
  const id = FIELDS.text(call, 'id', within) ?? `call_${calls.length}`
  calls.push({ id, name, answered: false })
  return {
    type: 'tool-call',
    id,
    name,
    arguments: JSON.stringify(FIELDS.object(call, 'args', within) ?? {}),
    form: 'json',
    at: `${within}.args`,
    ...readSignature(part, at),
  }
}

/** The result belongs to the call of its id, else to the first of its name that has none yet. */
function readResult(part: JsonObject, at: string, calls: readonly AskedCall[]): Block {
  const result = FIELDS.asObject(part['functionResponse'], at, 'functionResponse')
  const within = `${at}.functionResponse`
  const name = FIELDS.requiredText(result, 'name', within)
  const told = FIELDS.text(result, 'id', within)
  const call = calls.find((one) =>
    told === undefined ? one.name === name && !one.answered : one.id === told,
  )
  if (call !== undefined) call.answered = true
  const { text, isError } = outcomeOf(FIELDS.object(result, 'response', within) ?? {})
  const media = (FIELDS.array(result, 'parts', within) ?? []).map((held, index) =>
    readMedia(inCamel(FIELDS.asObject(held, `${within}.parts[${index}]`)), `${within}.parts[${index}]`),
  )
  const callId = told ?? call?.id ?? name
  return { type: 'tool-result', callId, isError, blocks: [{ type: 'text', text }, ...media], at }
}

/** A response that says one text, as what came out or as what went wrong; any other is its JSON. */
function outcomeOf(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const output = readString(response, 'output')
  const error = readString(response, 'error')
  const [only, second] = Object.keys(response)
  if (second !== undefined || (output ?? error) === undefined || only === undefined)
    return { text: JSON.stringify(response), isError: false }
  return { text: output ?? error ?? '', isError: error !== undefined }
}

/** Texts and thoughts of an answer that came as the pieces of a stream are one again. A proof ends what it belongs to. */
function joinPieces(blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    const whole = last === undefined ? undefined : joinPair(last, block)
    if (whole === undefined) joined.push(block)
    else joined[joined.length - 1] = whole
  }
  return joined.filter((block) => block.type !== 'text' || block.text !== '' || block.signature !== undefined)
}

function joinPair(first: Block, second: Block): Block | undefined {
  if (first.extra !== undefined || second.extra !== undefined) return undefined
  if (first.type === 'text' && second.type === 'text' && first.signature === undefined)
    return {
      ...first,
      ...second,
      text: first.text + second.text,
      ...defined({ at: first.at }),
    }
  if (second.type !== 'reasoning' || first.type !== 'reasoning' || first.signature !== undefined)
    return undefined
  return { ...second, text: first.text + second.text, form: first.form }
}
