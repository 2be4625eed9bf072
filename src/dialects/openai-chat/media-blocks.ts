import type { Block, MediaBlock, MediaSource } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { isObject, readBoolean, readObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { Spellings, WireType } from '../blocks.ts'
import { documentTypeOf, imageTypeOf } from '../media-type.ts'
import type { Towards } from '../towards.ts'
import { toSource } from '../media-source.ts'
import { AUDIO_TYPES, DEFAULT_FILE_NAME, FAMILY, FIELDS } from './vocabulary.ts'

/** Reads the content of what holds some, by its place. */
type ReadContent = (holder: JsonObject, key: string, within: string) => readonly Block[]

/** Images, sound, films and files. What the target cannot take is refused when it is written: input is never dropped in silence. */
export function spellMedia(readContent: ReadContent): Pick<Spellings<Towards>, 'media'> {
  const withSource: WireType<MediaBlock> = { read: (raw, at) => readWithSource(raw, at, readContent) }
  return {
    media: {
      read: {
        image_url: holding('image_url', ['url', 'detail'], readImage),
        video_url: holding('video_url', ['url'], readVideo),
        input_audio: holding('input_audio', ['data', 'format'], readAudio),
        file: holding('file', ['file_id', 'file_data', 'filename'], readFile),
        // Of the newer API of this vendor, and of agents that were made for another one.
        input_image: { read: readInputImage },
        input_file: { read: readInputFile },
        image: withSource,
        document: withSource,
      },
      write: writeMedia,
    },
  }
}

function holding(
  key: string,
  fields: readonly string[],
  read: (raw: JsonObject, at: string) => MediaBlock,
): WireType<MediaBlock> {
  return { fields: new Set(['type', key]), held: { key, fields: new Set(fields) }, read }
}

function readImage(raw: JsonObject, at: string): MediaBlock {
  const held = raw['image_url']
  const image = typeof held === 'string' ? { url: held } : FIELDS.asObject(held, at, 'image_url')
  const within = `${at}.image_url`
  const source = toSource(FIELDS.requiredText(image, 'url', within))
  return { type: 'media', kind: 'image', source, ...detailOf(image, within), at }
}

function detailOf(holder: JsonObject, within: string): { detail?: string } {
  const detail = FIELDS.text(holder, 'detail', within)
  return detail === undefined ? {} : { detail }
}

function readVideo(raw: JsonObject, at: string): MediaBlock {
  const video = FIELDS.asObject(raw['video_url'], at, 'video_url')
  const source = toSource(FIELDS.requiredText(video, 'url', `${at}.video_url`))
  return { type: 'media', kind: 'video', source, at }
}

function readAudio(raw: JsonObject, at: string): MediaBlock {
  const within = `${at}.input_audio`
  const audio = FIELDS.asObject(raw['input_audio'], within)
  const format = FIELDS.requiredText(audio, 'format', within)
  const base64 = FIELDS.requiredText(audio, 'data', within)
  const mediaType = AUDIO_TYPES.get(format) ?? `audio/${format}`
  return { type: 'media', kind: 'audio', source: { from: 'bytes', base64, mediaType }, at }
}

function readFile(raw: JsonObject, at: string): MediaBlock {
  const within = `${at}.file`
  const file = FIELDS.object(raw, 'file', at) ?? FIELDS.refuseAbsent(within)
  const fileId = FIELDS.text(file, 'file_id', within)
  const data = FIELDS.text(file, 'file_data', within)
  if (fileId === undefined && data === undefined)
    return FIELDS.refuse(within, 'needs `file_data` or `file_id`')
  const source: MediaSource =
    fileId === undefined ? toSource(data ?? '', PDF) : { from: 'file', family: FAMILY, fileId }
  const name = FIELDS.text(file, 'filename', within)
  return { type: 'media', kind: 'document', source, ...defined({ name }), at }
}

function readInputImage(raw: JsonObject, at: string): MediaBlock {
  const held = raw['image_url']
  const url = isObject(held)
    ? FIELDS.requiredText(held, 'url', `${at}.image_url`)
    : FIELDS.text(raw, 'image_url', at)
  const source = url === undefined ? toFile(raw, at) : toSource(url)
  return { type: 'media', kind: 'image', source, ...detailOf(raw, at), at }
}

function readInputFile(raw: JsonObject, at: string): MediaBlock {
  const name = FIELDS.text(raw, 'filename', at)
  const source = sourceOfFile(raw, at)
  return { type: 'media', kind: 'document', source, ...defined({ name }), at }
}

function sourceOfFile(raw: JsonObject, at: string): MediaSource {
  const data = FIELDS.text(raw, 'file_data', at)
  if (data !== undefined) return toSource(data, PDF)
  const url = FIELDS.text(raw, 'file_url', at)
  return url === undefined ? toFile(raw, at) : toSource(url)
}

const PDF = 'application/pdf'

/** An image or document whose `source` says where its bytes are. */
function readWithSource(raw: JsonObject, at: string, readContent: ReadContent): MediaBlock {
  const source = FIELDS.asObject(raw['source'], at, 'source')
  return {
    type: 'media',
    kind: raw['type'] === 'image' ? 'image' : 'document',
    source: readSource(source, `${at}.source`, readContent),
    ...defined({
      name: FIELDS.text(raw, 'title', at),
      context: FIELDS.text(raw, 'context', at),
      cite: readBoolean(readObject(raw, 'citations') ?? {}, 'enabled'),
    }),
    at,
  }
}

function readSource(source: JsonObject, at: string, readContent: ReadContent): MediaSource {
  switch (FIELDS.requiredText(source, 'type', at)) {
    case 'base64': {
      const base64 = FIELDS.requiredText(source, 'data', at)
      return { from: 'bytes', base64, mediaType: FIELDS.requiredText(source, 'media_type', at) }
    }
    case 'url':
      return toSource(FIELDS.requiredText(source, 'url', at))
    case 'text':
      return { from: 'text', text: FIELDS.requiredText(source, 'data', at) }
    case 'content':
      return { from: 'blocks', blocks: readContent(source, 'content', at) }
    case 'file':
      return toFile(source, at)
    default:
      return FIELDS.refuseKind(`${at}.type`, 'base64, url, text, content or file')
  }
}

function toFile(holder: JsonObject, at: string): MediaSource {
  return { from: 'file', family: FAMILY, fileId: FIELDS.requiredText(holder, 'file_id', at) }
}

function writeMedia(block: MediaBlock, { capabilities, quirks }: Towards): JsonObject {
  const { kind, source, detail } = block
  if (kind === 'image') refuseImage(block, { capabilities, quirks })
  if (kind === 'audio' && capabilities.audioInput === false)
    unsupported(block, 'The model does not take audio.')
  if (kind === 'document' && capabilities.documents === false)
    unsupported(block, 'The model does not take documents.')
  if (source.from === 'text' || source.from === 'blocks')
    return unsupported(block, 'Text cannot be sent in this form.')
  if (source.from === 'file') {
    return source.family === FAMILY
      ? { type: 'file', file: { file_id: source.fileId } }
      : unsupported(block, 'A file uploaded to another provider cannot be sent.')
  }
  const url = source.from === 'url' ? source.url : `data:${typeOf(kind, source)};base64,${source.base64}`
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: detail === undefined ? { url } : { url, detail } }
    case 'video':
      return { type: 'video_url', video_url: { url } }
    case 'audio':
      return { type: 'input_audio', input_audio: toAudio(block) }
    case 'document':
      if (source.from === 'url') return unsupported(block, 'Documents must be sent as bytes, not by URL.')
      return { type: 'file', file: { filename: block.name ?? DEFAULT_FILE_NAME, file_data: url } }
  }
}

function refuseImage(
  block: MediaBlock,
  { capabilities, quirks }: Pick<Towards, 'capabilities' | 'quirks'>,
): void {
  const { source } = block
  if (capabilities.vision === false) unsupported(block, 'The model does not take images.')
  if (source.from === 'url' && quirks.imageUrls === false && !source.url.startsWith('data:'))
    unsupported(block, 'The provider takes images only as bytes, not by URL.')
  const type = source.from === 'bytes' ? imageTypeOf(source) : undefined
  if (type !== undefined && quirks.imageTypes?.includes(type) === false)
    unsupported(block, `The provider does not take images of type ${type}.`)
}

function typeOf(kind: MediaBlock['kind'], source: Extract<MediaSource, { from: 'bytes' }>): string {
  if (kind === 'image') return imageTypeOf(source)
  return kind === 'document' ? documentTypeOf(source) : source.mediaType
}

function toAudio(block: MediaBlock): Json {
  const { source } = block
  if (source.from !== 'bytes') return unsupported(block, 'Audio must be sent as bytes.')
  const known = [...AUDIO_TYPES].find(([, mediaType]) => mediaType === source.mediaType)
  const format = known?.[0] ?? source.mediaType.replace(/^audio\/(?:x-)?/, '')
  return { data: source.base64, format }
}

function unsupported({ at }: MediaBlock, message: string): never {
  throw new Failure('unsupported-feature', { param: at ?? 'messages', message })
}
