import type {
  Block,
  MediaBlock,
  MediaSource,
  NativeBlock,
  SearchResultBlock,
} from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { JsonObject } from '../../kit/json.ts'
import { wordsOfForeign } from '../foreign-native.ts'
import { documentTypeOf, imageTypeOf } from '../media-type.ts'
import type { Encoding } from './encode-context.ts'
import { amongUnknown } from './family-fields.ts'
import { AUDIO_TYPES, DEFAULT_FILE_NAME, FAMILY } from './schema.ts'

/** Content of a message: a string where all of it is plain text in one piece, else an array of parts. */
export type WireContent = string | readonly JsonObject[]

/** Joins pieces of text where the wire, or the target, takes only a string. */
export const TEXT_SEPARATOR = '\n\n'

/** The text of content that is nothing but one plain text, as that of most turns. */
export function plainText(blocks: readonly Block[]): string | undefined {
  const [only] = blocks
  if (blocks.length !== 1 || only?.type !== 'text') return undefined
  return only.cache === undefined && only.extra === undefined ? only.text : undefined
}

/** The content for parts: one bare text as a string, else the array; a string always where the target demands it. */
export function toContent(parts: readonly JsonObject[], { quirks }: Encoding): WireContent {
  const texts = parts.map(bareText)
  const plain = texts.filter((text) => text !== undefined)
  if (parts.length <= 1 && plain.length === parts.length) return plain[0] ?? ''
  return quirks.contentParts === false && plain.length === parts.length ? plain.join(TEXT_SEPARATOR) : parts
}

function bareText(part: JsonObject): string | undefined {
  const { type, text } = part
  return type === 'text' && typeof text === 'string' && Object.keys(part).length === 2 ? text : undefined
}

/**
 * Encodes the blocks of a system or user turn as content parts. Tool results and calls are not among them.
 * Throws `unsupported-feature` for media that the target cannot take: input is never dropped in silence.
 *
 * @param path where the turn stands, for errors and notices
 */
export function encodeParts(blocks: readonly Block[], path: string, encoding: Encoding): JsonObject[] {
  return blocks.flatMap((block) => encodePart(block, path, encoding))
}

function encodePart(block: Block, path: string, encoding: Encoding): JsonObject[] {
  switch (block.type) {
    case 'text':
      return [withExtra(block, { type: 'text', text: block.text }, encoding)]
    case 'refusal':
      return [{ type: 'text', text: block.text }]
    case 'media':
      return encodeMedia(block, path, encoding)
    case 'search-result':
      return encodeSearchResult(block, path, encoding)
    case 'native':
      return block.family === FAMILY ? [block.raw] : encodeForeign(block, path, encoding)
    case 'reasoning':
      encoding.notice('reasoning.dropped', path)
      return []
    case 'tool-call':
      throw unsupported(block.at ?? path, 'A call of a tool stands in an answer of the assistant only.')
    case 'tool-result':
      // Written already, as a message of its own.
      return []
  }
}

function encodeForeign(block: NativeBlock, path: string, { notice }: Encoding): JsonObject[] {
  const text = wordsOfForeign(block, path, notice)
  return text === '' ? [] : [{ type: 'text', text }]
}

/** Adds the family's unknown fields to a part, and tells of a cache mark that has no field to go to. */
function withExtra(block: Block, part: JsonObject, { notice }: Encoding): JsonObject {
  const extra = block.extra?.[FAMILY]
  const marked = extra?.['cache_control'] !== undefined || extra?.['prompt_cache_breakpoint'] !== undefined
  if (block.cache !== undefined && !marked) notice('cache.hint-dropped')
  return amongUnknown(part, extra)
}

/** A retrieved passage as text below its title and source. */
function encodeSearchResult(block: SearchResultBlock, path: string, encoding: Encoding): JsonObject[] {
  if (block.cite === true) encoding.notice('citation.dropped', path)
  const body = block.blocks.map((inner) => (inner.type === 'text' ? inner.text : '')).join('\n')
  return [{ type: 'text', text: `${block.title}\n${block.source}\n${body}` }]
}

/** Encodes a media block. Throws `unsupported-feature` when the target or the wire cannot take it. */
function encodeMedia(block: MediaBlock, turnPath: string, encoding: Encoding): JsonObject[] {
  const path = block.at ?? turnPath
  refuseUnsupported(block, path, encoding)
  if (block.cite === true) encoding.notice('citation.dropped', path)
  const { source } = block
  if (source.from === 'text')
    return [withExtra(block, { type: 'text', text: titled(block, source.text) }, encoding)]
  if (source.from === 'blocks') {
    return [{ type: 'text', text: titled(block, '') }, ...encodeParts(source.blocks, path, encoding)].filter(
      (part) => part['type'] !== 'text' || part['text'] !== '',
    )
  }
  if (source.from === 'file') {
    if (source.family !== FAMILY)
      throw unsupported(path, 'A file uploaded to another provider cannot be sent.')
    return [withExtra(block, { type: 'file', file: { file_id: source.fileId } }, encoding)]
  }
  const url =
    source.from === 'url' ? source.url : `data:${typeOf(block.kind, source)};base64,${source.base64}`
  switch (block.kind) {
    case 'image': {
      const image = { url, ...(block.detail === undefined ? {} : { detail: block.detail }) }
      return [withExtra(block, { type: 'image_url', image_url: image }, encoding)]
    }
    case 'video':
      return [withExtra(block, { type: 'video_url', video_url: { url } }, encoding)]
    case 'audio':
      return [withExtra(block, encodeAudio(block, path), encoding)]
    case 'document':
      return encodeDocument(block, { url, path, encoding })
  }
}

function typeOf(kind: MediaBlock['kind'], source: Extract<MediaSource, { from: 'bytes' }>): string {
  if (kind === 'image') return imageTypeOf(source)
  return kind === 'document' ? documentTypeOf(source) : source.mediaType
}

function encodeAudio({ source }: MediaBlock, path: string): JsonObject {
  if (source.from !== 'bytes') throw unsupported(path, 'Audio must be sent as bytes.')
  const known = [...AUDIO_TYPES].find(([, mediaType]) => mediaType === source.mediaType)
  const format = known?.[0] ?? source.mediaType.replace(/^audio\/(?:x-)?/, '')
  return { type: 'input_audio', input_audio: { data: source.base64, format } }
}

function encodeDocument(
  block: MediaBlock,
  { url, path, encoding }: { url: string; path: string; encoding: Encoding },
): JsonObject[] {
  if (block.source.from === 'url') throw unsupported(path, 'Documents must be sent as bytes, not by URL.')
  const file = { type: 'file', file: { filename: block.name ?? DEFAULT_FILE_NAME, file_data: url } }
  const context = block.context === undefined ? [] : [{ type: 'text', text: block.context }]
  return [...context, withExtra(block, file, encoding)]
}

/** The text of a document below its title and background. */
function titled(block: MediaBlock, text: string): string {
  return [block.name, block.context, text].filter((piece) => piece !== undefined && piece !== '').join('\n')
}

function refuseUnsupported(block: MediaBlock, path: string, { capabilities, quirks }: Encoding): void {
  const { kind, source } = block
  if (kind === 'image') refuseImage(source, path, { capabilities, quirks })
  if (kind === 'audio' && capabilities.audioInput === false)
    throw unsupported(path, 'The model does not take audio.')
  const isText = source.from === 'text' || source.from === 'blocks'
  if (kind === 'document' && capabilities.documents === false && !isText)
    throw unsupported(path, 'The model does not take documents.')
}

function refuseImage(
  source: MediaSource,
  path: string,
  { capabilities, quirks }: Pick<Encoding, 'capabilities' | 'quirks'>,
): void {
  if (capabilities.vision === false) throw unsupported(path, 'The model does not take images.')
  if (source.from === 'url' && quirks.imageUrls === false && !source.url.startsWith('data:'))
    throw unsupported(path, 'The provider takes images only as bytes, not by URL.')
  const type = source.from === 'bytes' ? imageTypeOf(source) : undefined
  if (type !== undefined && quirks.imageTypes?.includes(type) === false)
    throw unsupported(path, `The provider does not take images of type ${type}.`)
}

/** A refusal to send what the target cannot take. */
export function unsupported(param: string, message: string): Failure {
  return new Failure('unsupported-feature', { param, message })
}
