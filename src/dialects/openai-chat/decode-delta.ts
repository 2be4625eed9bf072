import type { Citation, Signature } from '../../exchange/content.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import {
  isArray,
  isObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  toFiniteNumber,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { OpenBlock } from '../answer-choice.ts'
import { HIDDEN_THOUGHT } from '../answer-reader.ts'
import { thinkingText } from './blocks.ts'
import type { ChatAnswer, ChatChoice } from './chat-answer.ts'
import { readCall, readLegacyCall } from './decode-calls.ts'
import { toSource } from '../media-source.ts'
import { readDetail } from './reasoning-details.ts'
import { FAMILY } from './vocabulary.ts'

/** Reads a field of a delta or message: its value, which is neither null nor absent, and the fields around it. */
type ReadField = (answer: ChatAnswer, choice: ChatChoice, fields: JsonObject) => void

/**
 * What the fields say, in the order in which an answer is written: thoughts, text, its sources, refusal, calls. One
 * delta may hold several of them. A field that is null or absent says nothing.
 */
const READERS: ReadonlyMap<string, ReadField> = new Map<string, ReadField>([
  ['reasoning_details', onDetails],
  [
    'reasoning_content',
    (answer, choice, fields) => onReasoning(answer, choice, { fields, field: 'reasoning_content' }),
  ],
  ['reasoning', (answer, choice, fields) => onReasoning(answer, choice, { fields, field: 'reasoning' })],
  ['content', onContent],
  ['annotations', onAnnotations],
  ['refusal', (answer, choice, fields) => onRefusal(answer, choice, readString(fields, 'refusal') ?? '')],
  ['images', onImages],
  ['audio', onAudio],
  ['tool_calls', onCalls],
  ['function_call', onLegacyCall],
])

/** Reads one delta or message into events. */
export function readDelta(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  const { reasoningField } = answer.quirks
  if (reasoningField !== undefined && !READERS.has(reasoningField)) {
    onReasoning(answer, choice, { fields, field: reasoningField })
  }
  const only = onlyField(fields)
  if (only !== undefined) {
    READERS.get(only)?.(answer, choice, fields)
    return
  }
  for (const [name, read] of READERS) {
    const value = fields[name]
    if (value !== undefined && value !== null) read(answer, choice, fields)
  }
}

/** The one field that says something, where there is only one, as in nearly every delta. */
function onlyField(fields: JsonObject): string | undefined {
  let only: string | undefined
  for (const field in fields) {
    const value = fields[field]
    if (value === undefined || value === null || !READERS.has(field)) continue
    if (only !== undefined) return undefined
    only = field
  }
  return only
}

/** Text that is part of a block of prose. */
interface Piece {
  readonly kind: 'text' | 'reasoning' | 'refusal'
  readonly text: string
  readonly part?: string
}

function write(answer: ChatAnswer, choice: ChatChoice, piece: Piece): void {
  if (piece.text === '') return
  const prose = proseOf(answer, choice, piece)
  if (prose !== undefined) answer.say(prose, piece.text)
}

/** The open block of that kind; another one that is open is closed first. */
function proseOf(answer: ChatAnswer, choice: ChatChoice, { kind, part = '' }: Piece): OpenBlock | undefined {
  if (choice.prose?.kind === kind && choice.part === part) return choice.prose
  answer.endProse(choice)
  const form = part.startsWith('summary') ? 'summary' : 'full'
  choice.part = part
  choice.prose = answer.open(
    choice,
    kind === 'reasoning' ? { type: 'reasoning', text: '', form } : { type: kind, text: '' },
  )
  return choice.prose
}

function onReasoning(
  answer: ChatAnswer,
  choice: ChatChoice,
  { fields, field }: { fields: JsonObject; field: string },
): void {
  if (detailsSpeak(fields)) return
  // Servers in transition between two names send the same text under both.
  if (field === 'reasoning' && (readString(fields, 'reasoning_content') ?? '') !== '') return
  write(answer, choice, { kind: 'reasoning', text: textOf(fields[field]) ?? '' })
}

function detailsSpeak(fields: JsonObject): boolean {
  return readObjects(fields, 'reasoning_details').some((entry) => (readDetail(entry)?.text ?? '') !== '')
}

function onDetails(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  for (const entry of readObjects(fields, 'reasoning_details')) {
    const detail = readDetail(entry)
    if (detail === undefined) continue
    if (detail.form === 'hidden') {
      hiddenReasoning(answer, choice, detail.signature)
      continue
    }
    // A thought that was told as plain text is told again, whole, together with its proof.
    const isRestated = choice.prose?.kind === 'reasoning' && choice.part === ''
    const part = `${detail.form}${readNumber(entry, 'index') ?? ''}`
    if (!isRestated) write(answer, choice, { kind: 'reasoning', text: detail.text, part })
    if (detail.signature === undefined) continue
    if (choice.prose?.kind === 'reasoning') endSigned(answer, choice, detail.signature)
    else hiddenReasoning(answer, choice, detail.signature)
  }
}

/** A proof ends its thought: what follows is another one, with a proof of its own. */
function endSigned(answer: ChatAnswer, choice: ChatChoice, signature: Signature): void {
  if (choice.prose !== undefined) answer.sign(choice.prose, signature)
  answer.endProse(choice)
}

function hiddenReasoning(answer: ChatAnswer, choice: ChatChoice, signature: Signature | undefined): void {
  if (signature === undefined) return
  answer.endProse(choice)
  answer.sayWhole(choice, HIDDEN_THOUGHT, signature)
}

function onContent(answer: ChatAnswer, choice: ChatChoice, { content }: JsonObject): void {
  if (!isArray(content)) {
    onText(answer, choice, textOf(content) ?? '')
    return
  }
  for (const part of content) {
    if (typeof part === 'string') onText(answer, choice, part)
    else if (isObject(part)) onPart(answer, choice, part)
  }
}

/** A piece of text; some servers write one that looks like a number as a number. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return toFiniteNumber(value) === undefined ? undefined : JSON.stringify(value)
}

function onText(answer: ChatAnswer, choice: ChatChoice, text: string): void {
  const { tags } = choice
  if (tags === undefined || tags.isOver) write(answer, choice, { kind: 'text', text })
  else tags.read(text, (kind, piece) => write(answer, choice, { kind, text: piece }))
}

/** Text is over: tells what was held back because it might have been a tag. */
export function endText(answer: ChatAnswer, choice: ChatChoice): void {
  choice.tags?.end((kind, text) => write(answer, choice, { kind, text }))
}

function onPart(answer: ChatAnswer, choice: ChatChoice, part: JsonObject): void {
  const type = readString(part, 'type')
  if (type === 'thinking') write(answer, choice, { kind: 'reasoning', text: thinkingText(part) })
  else if (type === 'refusal') onRefusal(answer, choice, readString(part, 'refusal') ?? '')
  else if (type === 'image_url') onImage(answer, choice, part)
  else onText(answer, choice, readString(part, 'text') ?? '')
}

function onRefusal(answer: ChatAnswer, choice: ChatChoice, text: string): void {
  if (text !== '') choice.hasRefused = true
  write(answer, choice, { kind: 'refusal', text })
}

/** URL citations belong to the text that is being written; without one there is nothing to cite. */
function onAnnotations(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  for (const annotation of readObjects(fields, 'annotations')) {
    const held = readObject(annotation, 'url_citation')
    if (held === undefined || choice.prose?.kind !== 'text') continue
    choice.hasCited = true
    answer.cite(choice.prose, toCitation(held))
  }
}

function toCitation(held: JsonObject): Citation {
  const citation: Mutable<Citation> = {}
  setDefined(citation, 'url', readString(held, 'url'))
  setDefined(citation, 'title', readString(held, 'title'))
  setDefined(citation, 'start', readNumber(held, 'start_index'))
  setDefined(citation, 'end', readNumber(held, 'end_index'))
  return citation
}

function onImages(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  for (const image of readObjects(fields, 'images')) onImage(answer, choice, image)
}

function onImage(answer: ChatAnswer, choice: ChatChoice, image: JsonObject): void {
  const held = image['image_url']
  const url = typeof held === 'string' ? held : isObject(held) ? readString(held, 'url') : undefined
  if (url === undefined) return
  answer.endProse(choice)
  answer.sayWhole(choice, { type: 'media', kind: 'image', source: toSource(url) })
}

/** Spoken answers are carried as the family writes them: id, pieces of data and transcript. */
function onAudio(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  const audio = readObject(fields, 'audio')
  if (audio === undefined) return
  choice.audio ??= answer.open(choice, { type: 'native', family: FAMILY, raw: { audio: {} } })
  if (choice.audio !== undefined) answer.sayNative(choice.audio, { audio })
}

function onCalls(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  endText(answer, choice)
  for (const entry of readObjects(fields, 'tool_calls')) readCall(answer, choice, entry)
}

function onLegacyCall(answer: ChatAnswer, choice: ChatChoice, fields: JsonObject): void {
  const held = readObject(fields, 'function_call')
  if (held !== undefined) readLegacyCall(answer, choice, held)
}
