import { Failure } from '../../exchange/failure.ts'
import { readObject, readObjects, readString, type JsonObject } from '../../kit/json.ts'
import type { OpenBlock } from '../answer-choice.ts'
import type { SingleAnswerReader } from '../answer-reader.ts'
import { isEmpty } from '../unknown-members.ts'
import { BLOCKS, readCitation } from './blocks.ts'
import { FAMILY, REDACTED, SIGNATURE } from './vocabulary.ts'

type Open = (reader: SingleAnswerReader, wireIndex: number, raw: JsonObject) => void

/** Kinds of block with a meaning of their own; all others are carried as the family wrote them. */
const OPENERS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ['text', openText],
  ['thinking', openThinking],
  ['redacted_thinking', openRedacted],
  ['tool_use', openCall],
])

/** Opens a block and says what its opening frame holds already. A block still open under the same index is closed first. */
export function openBlock(reader: SingleAnswerReader, wireIndex: number | undefined, raw: JsonObject): void {
  const { choice } = reader
  const at = wireIndex ?? choice.nextIndex
  reader.endBlock(choice, choice.find(at))
  const type = readString(raw, 'type') ?? ''
  if (type === '') reader.fail(new Failure('malformed-response', { cause: 'a block without a type' }))
  else (OPENERS.get(type) ?? openNative)(reader, at, raw)
}

function openText(reader: SingleAnswerReader, wireIndex: number, raw: JsonObject): void {
  const empty = { type: 'text', text: '', ...BLOCKS.unknown(raw, 'text') } as const
  const open = reader.open(reader.choice, empty, wireIndex)
  if (open === undefined) return
  reader.say(open, readString(raw, 'text') ?? '')
  for (const citation of readObjects(raw, 'citations')) reader.cite(open, readCitation(citation))
}

function openThinking(reader: SingleAnswerReader, wireIndex: number, raw: JsonObject): void {
  const empty = { type: 'reasoning', text: '', form: 'full', ...BLOCKS.unknown(raw, 'thinking') } as const
  const open = reader.open(reader.choice, empty, wireIndex)
  if (open !== undefined) addThinking(reader, open, raw)
}

function openRedacted(reader: SingleAnswerReader, wireIndex: number, raw: JsonObject): void {
  const unknown = BLOCKS.unknown(raw, 'redacted_thinking')
  const open = reader.open(
    reader.choice,
    { type: 'reasoning', text: '', form: 'hidden', ...unknown },
    wireIndex,
  )
  const value = readString(raw, 'data') ?? ''
  if (open !== undefined) reader.sign(open, { family: FAMILY, scheme: REDACTED, value })
}

function openCall(reader: SingleAnswerReader, wireIndex: number, raw: JsonObject): void {
  const call = {
    id: readString(raw, 'id') ?? '',
    wireName: readString(raw, 'name') ?? '',
    form: 'json',
    ...BLOCKS.unknown(raw, 'tool_use'),
  } as const
  const open = reader.openCall(reader.choice, call, wireIndex)
  const input = readObject(raw, 'input')
  // Some servers tell the input here and no deltas.
  if (open !== undefined) open.whole = input === undefined || isEmpty(input) ? '{}' : JSON.stringify(input)
}

function openNative(reader: SingleAnswerReader, wireIndex: number, raw: JsonObject): void {
  reader.open(reader.choice, { type: 'native', family: FAMILY, raw }, wireIndex)
}

/** Kinds of block that a delta may imply which no frame opened; every other stray or unknown delta means nothing. */
const IMPLIED: ReadonlyMap<string, string> = new Map([
  ['text_delta', 'text'],
  ['thinking_delta', 'thinking'],
])

/** Says what a delta adds to its block. */
export function addDelta(reader: SingleAnswerReader, wireIndex: number | undefined, delta: JsonObject): void {
  const open = reader.choice.find(wireIndex) ?? openImplied(reader, wireIndex, delta)
  if (open === undefined) return
  if (open.kind === 'text') addText(reader, open, delta)
  else if (open.kind === 'reasoning') addThinking(reader, open, delta)
  else if (open.kind === 'tool-call') reader.say(open, readString(delta, 'partial_json') ?? '')
  else reader.sayNative(open, delta)
}

function openImplied(
  reader: SingleAnswerReader,
  wireIndex: number | undefined,
  delta: JsonObject,
): OpenBlock | undefined {
  const type = IMPLIED.get(readString(delta, 'type') ?? '')
  if (type === undefined) return undefined
  openBlock(reader, wireIndex, { type })
  return reader.choice.find(wireIndex)
}

function addText(reader: SingleAnswerReader, open: OpenBlock, delta: JsonObject): void {
  reader.say(open, readString(delta, 'text') ?? '')
  const citation = readObject(delta, 'citation')
  if (citation !== undefined) reader.cite(open, readCitation(citation))
}

function addThinking(reader: SingleAnswerReader, open: OpenBlock, held: JsonObject): void {
  reader.say(open, readString(held, 'thinking') ?? '')
  const value = readString(held, 'signature') ?? ''
  if (value !== '') reader.sign(open, { family: FAMILY, scheme: SIGNATURE, value })
}
