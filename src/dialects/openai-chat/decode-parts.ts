import type { Block, CacheMark, MediaBlock, MediaSource, ReasoningBlock } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import {
  asObject,
  invalid,
  objectField,
  requiredString,
  stringField,
  unknownFields,
} from './request-fields.ts'
import { AUDIO_TYPES, FAMILY } from './schema.ts'

/**
 * Reads the content of a message: a string, or an array of parts. Null and absent are no content.
 *
 * @param path where it stands, for errors: `messages[2].content`
 */
export function decodeContent(content: Json | undefined, path: string): Block[] {
  if (content === undefined || content === null) return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!isArray(content)) throw invalid(path, `\`${path}\` must be a string or an array of parts.`)
  return content.map((part, index) => decodePart(part, `${path}[${index}]`))
}

type PartReader = (part: JsonObject, path: string) => Block

/** Part type → reader. A type that is not listed is kept whole for the same family. */
const PARTS: Readonly<Record<string, PartReader>> = {
  text: (part, path) => ({
    type: 'text',
    text: requiredString(part, 'text', `${path}.text`),
    ...markOf(part),
    ...unknownFields(part, new Set(['type', 'text'])),
  }),
  refusal: (part, path) => ({ type: 'refusal', text: requiredString(part, 'refusal', `${path}.refusal`) }),
  image_url: decodeImage,
  video_url: decodeVideo,
  input_audio: decodeAudio,
  file: decodeFile,
  thinking: decodeThinking,
}

function decodePart(value: Json, path: string): Block {
  if (typeof value === 'string') return { type: 'text', text: value }
  const part = asObject(value, path)
  const read = PARTS[requiredString(part, 'type', `${path}.type`)]
  return read === undefined ? { type: 'native', family: FAMILY, raw: part } : read(part, path)
}

function decodeImage(part: JsonObject, path: string): Block {
  const held = part['image_url']
  const image = typeof held === 'string' ? { url: held } : asObject(held, `${path}.image_url`)
  return {
    type: 'media',
    kind: 'image',
    source: toSource(requiredString(image, 'url', `${path}.image_url.url`)),
    ...defined({ detail: stringField(image, 'detail', `${path}.image_url.detail`) }),
    ...markOf(part),
    ...unknownFields(part, new Set(['type', 'image_url'])),
  } satisfies MediaBlock
}

function decodeVideo(part: JsonObject, path: string): Block {
  const video = asObject(part['video_url'], `${path}.video_url`)
  return {
    type: 'media',
    kind: 'video',
    source: toSource(requiredString(video, 'url', `${path}.video_url.url`)),
    ...unknownFields(part, new Set(['type', 'video_url'])),
  } satisfies MediaBlock
}

function decodeAudio(part: JsonObject, path: string): Block {
  const audio = asObject(part['input_audio'], `${path}.input_audio`)
  const format = requiredString(audio, 'format', `${path}.input_audio.format`)
  return {
    type: 'media',
    kind: 'audio',
    source: {
      from: 'bytes',
      base64: requiredString(audio, 'data', `${path}.input_audio.data`),
      mediaType: AUDIO_TYPES[format] ?? `audio/${format}`,
    },
    ...markOf(part),
    ...unknownFields(part, new Set(['type', 'input_audio'])),
  } satisfies MediaBlock
}

function decodeFile(part: JsonObject, path: string): Block {
  const file = objectField(part, 'file', `${path}.file`)
  if (file === undefined) throw invalid(`${path}.file`, `\`${path}.file\` is required.`)
  const fileId = stringField(file, 'file_id', `${path}.file.file_id`)
  const data = stringField(file, 'file_data', `${path}.file.file_data`)
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
    ...defined({ name: stringField(file, 'filename', `${path}.file.filename`) }),
    ...markOf(part),
    ...unknownFields(part, new Set(['type', 'file'])),
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

/**
 * Where the bytes behind a URL are: in the URL itself, when it is a base64 `data:` URL (RFC 2397), else out there.
 * A long text that is no URL at all is taken as bare base64 when `bareType` is given.
 */
export function toSource(url: string, bareType?: string): MediaSource {
  const head = url.slice(0, 200)
  if (head.startsWith('data:')) {
    const comma = head.indexOf(',')
    const [mediaType = '', ...attributes] = head.slice('data:'.length, comma).split(';')
    if (comma > 0 && attributes.includes('base64')) {
      return {
        from: 'bytes',
        base64: url.slice(comma + 1),
        mediaType: mediaType === '' ? 'application/octet-stream' : mediaType,
      }
    }
    return { from: 'url', url }
  }
  if (bareType === undefined || /^[a-z][a-z0-9+.-]{0,20}:/i.test(head)) return { from: 'url', url }
  return { from: 'bytes', base64: url, mediaType: bareType }
}

/** The cache mark of a part or tool: `cache_control`, or this family's `prompt_cache_breakpoint`. */
export function markOf(part: JsonObject): { cache?: CacheMark } {
  const mark = part['cache_control'] ?? part['prompt_cache_breakpoint']
  if (!isObject(mark)) return {}
  const ttl = readString(mark, 'ttl')
  return { cache: ttl === undefined ? {} : { ttl } }
}
