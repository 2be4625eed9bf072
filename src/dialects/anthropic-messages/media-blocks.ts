import type { Block, MediaBlock, MediaSource, SearchResultBlock } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { readBoolean, readObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { Spellings } from '../blocks.ts'
import { CITATIONS, heldInSourced, PLAIN_TEXT } from '../sourced-media.ts'
import { documentTypeOf, imageTypeOf, PDF } from '../media-type.ts'
import { blockFields, FAMILY, FIELDS, IMAGE_TYPES } from './vocabulary.ts'
import type { ToMessages } from './to-messages.ts'
import { defined } from '../../kit/defined.ts'

/** The blocks that a document or a search result holds. */
interface Inner {
  readonly read: (holder: JsonObject, key: string, within: string) => readonly Block[]
  readonly write: (blocks: readonly Block[], to: ToMessages) => readonly JsonObject[]
}

/** Images, documents and retrieved passages. What the API cannot take is refused when it is written. */
export function spellMedia(inner: Inner): Pick<Spellings<ToMessages>, 'media' | 'search-result'> {
  return {
    media: {
      read: {
        image: {
          fields: blockFields('source'),
          held: heldInSourced,
          read: (raw, at) => readMedia(raw, at, inner),
        },
        document: {
          fields: blockFields('source', 'title', 'context', 'citations'),
          held: heldInSourced,
          read: (raw, at) => readMedia(raw, at, inner),
        },
      },
      write: (block, to) => writeMedia(block, to, inner),
    },
    'search-result': {
      read: {
        search_result: {
          fields: blockFields('source', 'title', 'content', 'citations'),
          held: [CITATIONS],
          read: (raw, at) => readSearchResult(raw, at, inner),
        },
      },
      write: ({ source, title, blocks, cite }, to) => ({
        type: 'search_result',
        source,
        title,
        content: inner.write(blocks, to),
        citations: toCitations(cite),
      }),
    },
  }
}

function readMedia(raw: JsonObject, at: string, inner: Inner): Block {
  const source = readSource(raw, at, inner)
  if (source === undefined) return { type: 'native', family: FAMILY, raw, at }
  if (raw['type'] === 'image') return { type: 'media', kind: 'image', source, at }
  const name = FIELDS.text(raw, 'title', at)
  const context = FIELDS.text(raw, 'context', at)
  return {
    type: 'media',
    kind: 'document',
    source,
    at,
    ...defined({ name, context }),
    ...readCite(raw),
  }
}

function readCite(raw: JsonObject): { cite?: boolean } {
  const cite = readBoolean(readObject(raw, 'citations') ?? {}, 'enabled')
  return cite === undefined ? {} : { cite }
}

function toCitations(cite: boolean | undefined): Json | undefined {
  return cite === undefined ? undefined : { enabled: cite }
}

/** Where the bytes are; undefined for a kind of source that is not known here. */
function readSource(raw: JsonObject, within: string, inner: Inner): MediaSource | undefined {
  const source = FIELDS.asObject(raw['source'], within, 'source')
  const at = `${within}.source`
  switch (FIELDS.requiredText(source, 'type', at)) {
    case 'base64': {
      const base64 = FIELDS.requiredText(source, 'data', at)
      return { from: 'bytes', base64, mediaType: FIELDS.requiredText(source, 'media_type', at) }
    }
    case 'url':
      return { from: 'url', url: FIELDS.requiredText(source, 'url', at) }
    case 'text':
      return { from: 'text', text: FIELDS.requiredText(source, 'data', at) }
    case 'content':
      return { from: 'blocks', blocks: inner.read(source, 'content', at) }
    case 'file':
      return { from: 'file', family: FAMILY, fileId: FIELDS.requiredText(source, 'file_id', at) }
    default:
      return undefined
  }
}

function readSearchResult(raw: JsonObject, at: string, inner: Inner): SearchResultBlock {
  return {
    type: 'search-result',
    source: FIELDS.requiredText(raw, 'source', at),
    title: FIELDS.requiredText(raw, 'title', at),
    blocks: inner.read(raw, 'content', at),
    ...readCite(raw),
  }
}

function writeMedia(block: MediaBlock, to: ToMessages, inner: Inner): JsonObject {
  const { kind, detail, name, context, cite } = block
  if (kind === 'image') {
    if (detail !== undefined && detail !== 'auto') to.notice('param.dropped', 'detail')
    return { type: 'image', source: toImageSource(block, to) }
  }
  if (kind !== 'document') return unsupported(block, `${kind} input`)
  const source = toDocumentSource(block, to, inner)
  return { type: 'document', source, title: name, context, citations: toCitations(cite) }
}

function toImageSource(block: MediaBlock, { quirks }: ToMessages): JsonObject {
  const { source } = block
  switch (source.from) {
    case 'bytes': {
      const type = imageTypeOf(source)
      const taken = quirks.imageTypes ?? IMAGE_TYPES
      return taken.includes(type)
        ? { type: 'base64', media_type: type, data: source.base64 }
        : unsupported(block, `images of type ${type}`)
    }
    case 'url':
      return quirks.imageUrls === false ? unsupported(block, 'images by URL') : toUrl(block, source.url)
    case 'file':
      return toFile(block, source)
    case 'text':
    case 'blocks':
      return unsupported(block, `images from ${source.from}`)
  }
}

/** The API takes PDF as bytes and everything that is text as text. */
function toDocumentSource(block: MediaBlock, to: ToMessages, inner: Inner): JsonObject {
  const { source } = block
  switch (source.from) {
    case 'bytes': {
      const type = documentTypeOf(source)
      return type === PDF
        ? { type: 'base64', media_type: type, data: source.base64 }
        : toText(textIn(block, source.base64, type))
    }
    case 'text':
      return toText(source.text)
    case 'url':
      return toUrl(block, source.url)
    case 'blocks':
      return { type: 'content', content: inner.write(source.blocks, to) }
    case 'file':
      return toFile(block, source)
  }
}

const TEXT_MEDIA = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|csv)\b)/

function textIn(block: MediaBlock, base64: string, mediaType: string): string {
  if (!TEXT_MEDIA.test(mediaType)) return unsupported(block, `documents of type ${mediaType}`)
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    throw new Failure('invalid-request', {
      param: block.at ?? 'messages',
      message: 'A document is not valid base64.',
    })
  }
}

function toText(data: string): JsonObject {
  return { type: 'text', media_type: PLAIN_TEXT, data }
}

const WEB_ADDRESS = /^https?:\/\//i

function toUrl(block: MediaBlock, url: string): JsonObject {
  if (WEB_ADDRESS.test(url)) return { type: 'url', url }
  return unsupported(block, 'media at an address that is none of the web')
}

function toFile(block: MediaBlock, { family, fileId }: Extract<MediaSource, { from: 'file' }>): JsonObject {
  if (family === FAMILY) return { type: 'file', file_id: fileId }
  return unsupported(block, 'a file that was uploaded to another provider')
}

function unsupported({ at }: MediaBlock, what: string): never {
  throw new Failure('unsupported-feature', {
    param: at ?? 'messages',
    message: `The chosen model does not take ${what}. Remove it or choose another model.`,
  })
}
