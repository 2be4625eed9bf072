import type { Citation } from '../../exchange/content.ts'
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
import { readCall, readLegacyCall } from './decode-calls.ts'
import { thinkingText } from './blocks.ts'
import { toSource } from './media-source.ts'
import { readDetail } from './reasoning-details.ts'
import {
  closeProse,
  emit,
  openBlock,
  type ChoiceState,
  type Prose,
  type ReadFields,
  type ResponseState,
} from './response-state.ts'
import { FAMILY } from './schema.ts'

/** A field of a delta or message, and what it says. */
interface Field {
  readonly name: string
  readonly read: ReadFields
}

/**
 * What the fields say, in the order in which an answer is written: thoughts, text, its sources, refusal, calls. One
 * delta may hold several of them. A field that is null or absent says nothing.
 */
const FIELDS: readonly Field[] = [
  { name: 'reasoning_details', read: onDetails },
  {
    name: 'reasoning_content',
    read: (state, choice, fields) => onReasoning(state, choice, { fields, field: 'reasoning_content' }),
  },
  {
    name: 'reasoning',
    read: (state, choice, fields) => onReasoning(state, choice, { fields, field: 'reasoning' }),
  },
  { name: 'content', read: (state, choice, fields) => onContent(state, choice, fields['content']) },
  { name: 'annotations', read: onAnnotations },
  {
    name: 'refusal',
    read: (state, choice, fields) => onRefusal(state, choice, readString(fields, 'refusal') ?? ''),
  },
  { name: 'images', read: onImages },
  { name: 'audio', read: onAudio },
  { name: 'tool_calls', read: onCalls },
  { name: 'function_call', read: onLegacyCall },
]

const READERS: ReadonlyMap<string, ReadFields> = new Map(FIELDS.map(({ name, read }) => [name, read]))

/** Reads one delta or message into events. */
export function readDelta(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  const { reasoningField } = state.quirks
  if (reasoningField !== undefined && !READERS.has(reasoningField)) {
    onReasoning(state, choice, { fields, field: reasoningField })
  }
  const only = onlyField(fields)
  if (only !== undefined) {
    READERS.get(only)?.(state, choice, fields)
    return
  }
  for (const field of FIELDS) {
    const value = fields[field.name]
    if (value !== undefined && value !== null) field.read(state, choice, fields)
  }
}

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta', refusal: 'refusal-delta' } as const

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
  readonly kind: Prose['kind']
  readonly text: string
  readonly part?: string
}

function write(state: ResponseState, choice: ChoiceState, piece: Piece): void {
  const { kind, text } = piece
  if (text === '') return
  const prose = proseOf(state, choice, piece)
  emit(state, { type: DELTAS[kind], choice: choice.index, index: prose.block, text })
}

/** The open block of that kind; another one that is open is closed first. */
function proseOf(state: ResponseState, choice: ChoiceState, { kind, part = '' }: Piece): Prose {
  const { prose } = choice
  if (prose?.kind === kind && prose.part === part) return prose
  closeProse(state, choice)
  const form = part.startsWith('summary') ? 'summary' : 'full'
  const block = openBlock(
    state,
    choice,
    kind === 'reasoning' ? { type: 'reasoning', text: '', form } : { type: kind, text: '' },
  )
  choice.prose = { kind, block, part }
  return choice.prose
}

function onReasoning(
  state: ResponseState,
  choice: ChoiceState,
  { fields, field }: { fields: JsonObject; field: string },
): void {
  if (detailsSpeak(fields)) return
  // Servers in transition between two names send the same text under both.
  if (field === 'reasoning' && (readString(fields, 'reasoning_content') ?? '') !== '') return
  write(state, choice, { kind: 'reasoning', text: textOf(fields[field]) ?? '' })
}

function detailsSpeak(fields: JsonObject): boolean {
  return readObjects(fields, 'reasoning_details').some((entry) => (readDetail(entry)?.text ?? '') !== '')
}

function onDetails(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  for (const entry of readObjects(fields, 'reasoning_details')) {
    const detail = readDetail(entry)
    if (detail === undefined) continue
    if (detail.form === 'hidden') {
      hiddenReasoning(state, choice, detail.seal)
      continue
    }
    // A thought that was told as plain text is told again, whole, together with its proof.
    const isRestated = choice.prose?.kind === 'reasoning' && choice.prose.part === ''
    const part = `${detail.form}${readNumber(entry, 'index') ?? ''}`
    if (!isRestated) write(state, choice, { kind: 'reasoning', text: detail.text, part })
    if (detail.seal === undefined) continue
    if (choice.prose?.kind === 'reasoning') {
      emit(state, { type: 'seal', choice: choice.index, index: choice.prose.block, seal: detail.seal })
    } else {
      hiddenReasoning(state, choice, detail.seal)
    }
  }
}

function hiddenReasoning(
  state: ResponseState,
  choice: ChoiceState,
  seal: NonNullable<ReturnType<typeof readDetail>>['seal'],
): void {
  if (seal === undefined) return
  closeProse(state, choice)
  const index = openBlock(state, choice, { type: 'reasoning', text: '', form: 'hidden' })
  emit(state, { type: 'seal', choice: choice.index, index, seal })
  emit(state, { type: 'block-end', choice: choice.index, index })
}

function onContent(state: ResponseState, choice: ChoiceState, content: Json | undefined): void {
  if (!isArray(content)) {
    onText(state, choice, textOf(content) ?? '')
    return
  }
  for (const part of content) {
    if (typeof part === 'string') onText(state, choice, part)
    else if (isObject(part)) onPart(state, choice, part)
  }
}

/** A piece of text; some servers write one that looks like a number as a number. */
function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return toFiniteNumber(value) === undefined ? undefined : JSON.stringify(value)
}

function onText(state: ResponseState, choice: ChoiceState, text: string): void {
  const { tags } = choice
  if (tags === undefined || tags.isOver) write(state, choice, { kind: 'text', text })
  else tags.read(text, (kind, piece) => write(state, choice, { kind, text: piece }))
}

/** Text is over: tells what was held back because it might have been a tag. */
export function endText(state: ResponseState, choice: ChoiceState): void {
  choice.tags?.end((kind, text) => write(state, choice, { kind, text }))
}

function onPart(state: ResponseState, choice: ChoiceState, part: JsonObject): void {
  const type = readString(part, 'type')
  if (type === 'thinking') write(state, choice, { kind: 'reasoning', text: thinkingText(part) })
  else if (type === 'refusal') onRefusal(state, choice, readString(part, 'refusal') ?? '')
  else if (type === 'image_url') onImage(state, choice, part)
  else onText(state, choice, readString(part, 'text') ?? '')
}

function onRefusal(state: ResponseState, choice: ChoiceState, text: string): void {
  if (text !== '') choice.refused = true
  write(state, choice, { kind: 'refusal', text })
}

/** URL citations belong to the text that is being written; without one there is nothing to cite. */
function onAnnotations(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  for (const annotation of readObjects(fields, 'annotations')) {
    const held = readObject(annotation, 'url_citation')
    if (held === undefined || choice.prose?.kind !== 'text') continue
    choice.cited = true
    emit(state, {
      type: 'citation',
      choice: choice.index,
      index: choice.prose.block,
      citation: toCitation(held),
    })
  }
}

function toCitation(held: JsonObject): Citation {
  const url = readString(held, 'url')
  const title = readString(held, 'title')
  const start = readNumber(held, 'start_index')
  const end = readNumber(held, 'end_index')
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  }
}

function onImages(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  for (const image of readObjects(fields, 'images')) onImage(state, choice, image)
}

function onImage(state: ResponseState, choice: ChoiceState, image: JsonObject): void {
  const held = image['image_url']
  const url = typeof held === 'string' ? held : isObject(held) ? readString(held, 'url') : undefined
  if (url === undefined) return
  closeProse(state, choice)
  const index = openBlock(state, choice, { type: 'media', kind: 'image', source: toSource(url) })
  emit(state, { type: 'block-end', choice: choice.index, index })
}

/** Spoken answers are carried as the family writes them: id, pieces of data and transcript. */
function onAudio(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  const audio = readObject(fields, 'audio')
  if (audio === undefined) return
  choice.audioBlock ??= openBlock(state, choice, { type: 'native', family: FAMILY, raw: { audio: {} } })
  emit(state, { type: 'native-delta', choice: choice.index, index: choice.audioBlock, raw: { audio } })
}

function onCalls(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  const { whole } = state
  endText(state, choice)
  for (const entry of readObjects(fields, 'tool_calls')) readCall(state, choice, { entry, whole })
}

function onLegacyCall(state: ResponseState, choice: ChoiceState, fields: JsonObject): void {
  const held = readObject(fields, 'function_call')
  if (held !== undefined) readLegacyCall(state, choice, held)
}
