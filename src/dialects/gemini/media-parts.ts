import type { Block, MediaBlock, MediaSource } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { JsonObject } from '../../kit/json.ts'
import { documentTypeOf, imageTypeOf } from '../media-type.ts'
import type { Towards } from '../towards.ts'
import { inCamel } from './in-camel.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'
import { defined } from '../../kit/defined.ts'

/** Addresses of files that lie with the provider (https://ai.google.dev/api/files). */
const UPLOADED = /^(?:https:\/\/generativelanguage\.googleapis\.com\/|gs:\/\/)/

/** Reads `inlineData` or `fileData`. */
export function readMedia(part: JsonObject, at: string): Block {
  const isInline = part['inlineData'] !== undefined && part['inlineData'] !== null
  const key = isInline ? 'inlineData' : 'fileData'
  const held = inCamel(FIELDS.asObject(part[key], at, key))
  const within = `${at}.${key}`
  const mediaType = FIELDS.text(held, 'mimeType', within) ?? ''
  const name = FIELDS.text(held, 'displayName', within)
  return {
    type: 'media',
    kind: kindOf(mediaType),
    source: isInline
      ? { from: 'bytes', base64: FIELDS.requiredText(held, 'data', within), mediaType }
      : sourceAt(FIELDS.requiredText(held, 'fileUri', within)),
    at,
    ...defined({ name }),
    // An address alone does not say what is there.
    ...(isInline || mediaType === '' ? {} : { extra: { [FAMILY]: { fileData: { mimeType: mediaType } } } }),
  }
}

function sourceAt(fileUri: string): MediaSource {
  return UPLOADED.test(fileUri)
    ? { from: 'file', family: FAMILY, fileId: fileUri }
    : { from: 'url', url: fileUri }
}

/** The kind of media of a type. */
export function kindOf(mediaType: string): MediaBlock['kind'] {
  const [kind] = mediaType.split('/', 1)
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Writes bytes as `inlineData`, what lies somewhere as `fileData`. Throws `unsupported-feature` for files of another provider. */
export function writeMedia(block: MediaBlock, to: Pick<Towards, 'notice' | 'capabilities'>): JsonObject {
  const { source, detail, name, cite } = block
  if (block.kind === 'image' && to.capabilities.vision === false) unsupported(block, 'images')
  if (detail !== undefined && detail !== 'auto') to.notice('param.dropped', 'detail')
  if (cite === true) to.notice('citation.dropped', block.at)
  switch (source.from) {
    case 'bytes':
      return { inlineData: { mimeType: typeOf(block.kind, source), data: source.base64, displayName: name } }
    case 'url':
      return { fileData: { fileUri: source.url, displayName: name } }
    case 'file':
      if (source.family !== FAMILY) unsupported(block, 'a file that was uploaded to another provider')
      return { fileData: { fileUri: source.fileId, displayName: name } }
    case 'text':
    case 'blocks':
      return unsupported(block, `a ${block.kind} made of ${source.from}`)
  }
}

function typeOf(kind: MediaBlock['kind'], source: Extract<MediaSource, { from: 'bytes' }>): string {
  if (kind === 'image') return imageTypeOf(source)
  return kind === 'document' ? documentTypeOf(source) : source.mediaType
}

/** Media that is text after all, as the text that it is, behind its title and background. */
export function unfoldMedia(block: MediaBlock): Block | readonly Block[] {
  const { source, name, context } = block
  const isText = source.from === 'text' || source.from === 'blocks'
  if (context === undefined && !isText) return block
  const { context: _context, ...rest } = block
  const words = [isText ? name : undefined, context, source.from === 'text' ? source.text : undefined]
  const text = words.filter((word) => word !== undefined && word !== '').join('\n')
  const title: readonly Block[] = text === '' ? [] : [{ type: 'text', text }]
  if (!isText) return [...title, rest]
  return source.from === 'blocks' ? [...title, ...source.blocks] : title
}

function unsupported({ at }: MediaBlock, what: string): never {
  throw new Failure('unsupported-feature', {
    param: at ?? 'contents',
    message: `The chosen model does not take ${what}. Remove it or choose another model.`,
  })
}
