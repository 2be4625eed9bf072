import type { Block, MediaBlock, ReasoningBlock } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { markOf } from './cache-mark.ts'
import { FOREIGN_PARTS, type PartReader } from './decode-foreign-parts.ts'
import { toSource } from './media-source.ts'
import {
  asObject,
  invalid,
  objectField,
  requiredString,
  stringField,
  unknownFields,
  type HeldObject,
} from './request-fields.ts'
import { AUDIO_TYPES, FAMILY } from './schema.ts'

/**
 * Reads the content of a message: a string, or an array of parts. Null and absent are no content.
 *
 * @param path where the message stands, for errors: `messages[2]`
 */
export function decodeContent(message: JsonObject, path: string): Block[] {
  const { content } = message
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!isArray(content)) {
    throw invalid(`${path}.content`, `\`${path}.content\` must be a string or an array of parts.`)
  }
  const blocks: Block[] = []
  for (const part of content) blocks.push(decodePart(part, `${path}.content[${blocks.length}]`))
  return blocks
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(['type', 'text'])
const IMAGE_FIELDS: ReadonlySet<string> = new Set(['type', 'image_url'])
const IMAGE: HeldObject = { key: 'image_url', fields: new Set(['url', 'detail']) }
const VIDEO_FIELDS: ReadonlySet<string> = new Set(['type', 'video_url'])
const VIDEO: HeldObject = { key: 'video_url', fields: new Set(['url']) }
const AUDIO_FIELDS: ReadonlySet<string> = new Set(['type', 'input_audio'])
const AUDIO: HeldObject = { key: 'input_audio', fields: new Set(['data', 'format']) }
const FILE_FIELDS: ReadonlySet<string> = new Set(['type', 'file'])
const FILE: HeldObject = { key: 'file', fields: new Set(['file_id', 'file_data', 'filename']) }

/** Part type → reader. A type that is listed nowhere is kept whole for the same family. */
const PARTS: ReadonlyMap<string, PartReader> = new Map<string, PartReader>([
  ['text', decodeText],
  ['refusal', (part, path) => ({ type: 'refusal', text: requiredString(part, 'refusal', path) })],
  ['image_url', decodeImage],
  ['video_url', decodeVideo],
  ['input_audio', decodeAudio],
  ['file', decodeFile],
  ['thinking', decodeThinking],
])

function decodePart(value: Json, path: string): Block {
  if (typeof value === 'string') return { type: 'text', text: value }
  const part = asObject(value, path)
  const type = requiredString(part, 'type', path)
  const read = PARTS.get(type) ?? FOREIGN_PARTS.get(type)
  if (read === undefined) return { type: 'native', family: FAMILY, raw: part, at: path }
  return read(part, path, decodeContent)
}

function decodeText(part: JsonObject, path: string): Block {
  return {
    type: 'text',
    text: requiredString(part, 'text', path),
    ...markOf(part),
    ...unknownFields(part, TEXT_FIELDS),
  }
}

function decodeImage(part: JsonObject, path: string): Block {
  const held = part['image_url']
  const image = typeof held === 'string' ? { url: held } : asObject(held, `${path}.image_url`)
  return {
    type: 'media',
    kind: 'image',
    source: toSource(requiredString(image, 'url', `${path}.image_url`)),
    ...defined({ detail: stringField(image, 'detail', `${path}.image_url`) }),
    at: path,
    ...markOf(part),
    ...unknownFields(part, IMAGE_FIELDS, IMAGE),
  } satisfies MediaBlock
}

function decodeVideo(part: JsonObject, path: string): Block {
  const video = asObject(part['video_url'], `${path}.video_url`)
  return {
    type: 'media',
    kind: 'video',
    source: toSource(requiredString(video, 'url', `${path}.video_url`)),
    at: path,
    ...unknownFields(part, VIDEO_FIELDS, VIDEO),
  } satisfies MediaBlock
}

function decodeAudio(part: JsonObject, path: string): Block {
  const audio = asObject(part['input_audio'], `${path}.input_audio`)
  const format = requiredString(audio, 'format', `${path}.input_audio`)
  return {
    type: 'media',
    kind: 'audio',
    source: {
      from: 'bytes',
      base64: requiredString(audio, 'data', `${path}.input_audio`),
      mediaType: AUDIO_TYPES.get(format) ?? `audio/${format}`,
    },
    at: path,
    ...markOf(part),
    ...unknownFields(part, AUDIO_FIELDS, AUDIO),
  } satisfies MediaBlock
}

function decodeFile(part: JsonObject, path: string): Block {
  const file = objectField(part, 'file', path)
  if (file === undefined) throw invalid(`${path}.file`, `\`${path}.file\` is required.`)
  const fileId = stringField(file, 'file_id', `${path}.file`)
  const data = stringField(file, 'file_data', `${path}.file`)
  if (fileId === undefined && data === undefined) {
    throw invalid(`${path}.file`, `\`${path}.file\` needs \`file_data\` or \`file_id\`.`)
  }
  return {
    type: 'media',
    kind: 'document',
    source:
      fileId === undefined
        ? toSource(data ?? '', 'application/pdf')
        : { from: 'file', family: FAMILY, fileId },
    ...defined({ name: stringField(file, 'filename', `${path}.file`) }),
    at: path,
    ...markOf(part),
    ...unknownFields(part, FILE_FIELDS, FILE),
  } satisfies MediaBlock
}

function decodeThinking(part: JsonObject): Block {
  return { type: 'reasoning', text: thinkingText(part), form: 'full' } satisfies ReasoningBlock
}

/** The text of a `thinking` part: a string, or an array of text parts. */
export function thinkingText(part: JsonObject): string {
  return (
    readString(part, 'thinking') ??
    readObjects(part, 'thinking')
      .map((piece) => readString(piece, 'text') ?? '')
      .join('')
  )
}
