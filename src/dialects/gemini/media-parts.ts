import type { MediaBlock, MediaSource } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import { documentTypeOf, imageTypeOf, typeAtAddress } from '../media-type.ts'
import { refuseBlock } from '../refuse-block.ts'
import type { ToGemini } from './to-gemini.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/** Addresses of files that lie with the provider (https://ai.google.dev/api/files). */
const UPLOADED = /^(?:https:\/\/generativelanguage\.googleapis\.com\/|gs:\/\/)/

/** Reads `inlineData` or `fileData`. */
export function readMedia(part: JsonObject, at: string): MediaBlock {
  const isInline = part['inlineData'] !== undefined && part['inlineData'] !== null
  const key = isInline ? 'inlineData' : 'fileData'
  const within = `${at}.${key}`
  const held = FIELDS.asObject(part[key], within)
  const mediaType = FIELDS.text(held, 'mimeType', within)
  const name = FIELDS.text(held, 'displayName', within)
  if (isInline) {
    const base64 = FIELDS.requiredText(held, 'data', within)
    const source: MediaSource = { from: 'bytes', base64, mediaType: mediaType ?? '' }
    return { type: 'media', kind: kindOf(source.mediaType), source, at, ...defined({ name }) }
  }
  const fileUri = FIELDS.requiredText(held, 'fileUri', within)
  const kind = kindOf(mediaType ?? typeAtAddress(fileUri) ?? '')
  return { type: 'media', kind, source: sourceAt(fileUri), at, ...defined({ name }) }
}

function sourceAt(fileUri: string): MediaSource {
  return UPLOADED.test(fileUri)
    ? { from: 'file', family: FAMILY, fileId: fileUri }
    : { from: 'url', url: fileUri }
}

function kindOf(mediaType: string): MediaBlock['kind'] {
  const [kind] = mediaType.split('/', 1)
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document'
}

/** Writes bytes as `inlineData`, what lies somewhere as `fileData`. Throws `unsupported-feature` for files of another provider. */
export function writeMedia(block: MediaBlock, { capabilities }: Pick<ToGemini, 'capabilities'>): JsonObject {
  const { kind, source, name: displayName } = block
  if (kind === 'image' && capabilities.vision === false) unsupported(block, 'images')
  switch (source.from) {
    case 'bytes':
      return { inlineData: { mimeType: typeOf(kind, source), data: source.base64, displayName } }
    case 'url':
      return { fileData: { fileUri: source.url, displayName, ...typeUnlessKept(block, source.url) } }
    case 'file':
      if (source.family !== FAMILY) unsupported(block, 'a file that was uploaded to another provider')
      return { fileData: { fileUri: source.fileId, displayName } }
    case 'text':
    case 'blocks':
      return unsupported(block, `a ${kind} made of ${source.from}`)
  }
}

/** The type of what lies at an address, unless a client of the same family has said it, which is kept beside the block. */
function typeUnlessKept({ extra }: MediaBlock, url: string): { readonly mimeType?: string } {
  const kept = readObject(extra?.[FAMILY] ?? {}, 'fileData')
  return kept?.['mimeType'] === undefined ? defined({ mimeType: typeAtAddress(url) }) : {}
}

function typeOf(kind: MediaBlock['kind'], source: Extract<MediaSource, { from: 'bytes' }>): string {
  if (kind === 'image') return imageTypeOf(source)
  return kind === 'document' ? documentTypeOf(source) : source.mediaType
}

function unsupported(block: MediaBlock, what: string): never {
  const message = `The chosen model does not take ${what}. Remove it or choose another model.`
  return refuseBlock(block, message)
}
