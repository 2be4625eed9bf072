import type { Block, MediaBlock, MediaSource, SearchResultBlock } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { documentTypeOf, imageTypeOf, PDF } from '../media-type.ts'
import { writeArray, writeObject, writeOptional } from './json-text.ts'
import { encodeCacheMark, ownExtra, type RequestWriter } from './request-writer.ts'
import { FAMILY, IMAGE_TYPES } from './schema.ts'

/** Writes the blocks inside a document or search result. */
type EncodeInner = (blocks: readonly Block[]) => readonly string[]

/**
 * Writes an image or a document. Input is never dropped in silence: what the API cannot take throws `unsupported-feature`.
 */
export function encodeMedia(block: MediaBlock, writer: RequestWriter, inner: EncodeInner): string {
  const { notice } = writer.context
  const marks = { cache_control: encodeCacheMark(block.cache, block.extra, notice) }
  const extra = ownExtra(block.extra)
  if (block.kind === 'image') {
    if (block.detail !== undefined && block.detail !== 'auto') notice('param.dropped', 'detail')
    return writeObject({ type: '"image"', source: encodeImageSource(block, writer), ...marks }, extra)
  }
  if (block.kind !== 'document') return unsupported(block, `${block.kind} input`)
  return writeObject(
    {
      type: '"document"',
      source: encodeDocumentSource(block, inner),
      title: writeOptional(block.name),
      context: writeOptional(block.context),
      citations: encodeCite(block.cite),
      ...marks,
    },
    extra,
  )
}

/** Writes a retrieved passage. */
export function encodeSearchResult(
  block: SearchResultBlock,
  writer: RequestWriter,
  inner: EncodeInner,
): string {
  const { notice } = writer.context
  return writeObject(
    {
      type: '"search_result"',
      source: JSON.stringify(block.source),
      title: JSON.stringify(block.title),
      content: writeArray(inner(block.blocks)),
      citations: encodeCite(block.cite),
      cache_control: encodeCacheMark(block.cache, block.extra, notice),
    },
    ownExtra(block.extra),
  )
}

function encodeCite(cite: boolean | undefined): string | undefined {
  return cite === undefined ? undefined : `{"enabled":${cite}}`
}

function encodeImageSource(block: MediaBlock, { context }: RequestWriter): string {
  const { source } = block
  switch (source.from) {
    case 'bytes': {
      const type = imageTypeOf(source)
      const taken = context.quirks.imageTypes ?? IMAGE_TYPES
      return taken.includes(type)
        ? encodeBytes(source.base64, type)
        : unsupported(block, `images of type ${type}`)
    }
    case 'url':
      if (context.quirks.imageUrls === false) return unsupported(block, 'images by URL')
      return encodeUrl(block, source.url)
    case 'file':
      return encodeFile(block, source)
    case 'text':
    case 'blocks':
      return unsupported(block, `images from ${source.from}`)
  }
}

/** The API takes PDF as bytes and everything that is text as text. */
function encodeDocumentSource(block: MediaBlock, inner: EncodeInner): string {
  const { source } = block
  switch (source.from) {
    case 'bytes': {
      const type = documentTypeOf(source)
      return type === PDF
        ? encodeBytes(source.base64, type)
        : encodeTextSource(decodeTextBytes(block, source.base64, type))
    }
    case 'url':
      return encodeUrl(block, source.url)
    case 'file':
      return encodeFile(block, source)
    case 'text':
      return encodeTextSource(source.text)
    case 'blocks':
      return writeObject({ type: '"content"', content: writeArray(inner(source.blocks)) })
  }
}

const TEXT_MEDIA = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|csv)\b)/

function decodeTextBytes(block: MediaBlock, base64: string, mediaType: string): string {
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

function encodeBytes(base64: string, mediaType: string): string {
  return `{"type":"base64","media_type":${JSON.stringify(mediaType)},"data":${JSON.stringify(base64)}}`
}

function encodeUrl(block: MediaBlock, url: string): string {
  if (!WEB_ADDRESS.test(url))
    return unsupported(block, `a ${block.kind} at an address that is none of the web`)
  return `{"type":"url","url":${JSON.stringify(url)}}`
}

function encodeTextSource(text: string): string {
  return `{"type":"text","media_type":"text/plain","data":${JSON.stringify(text)}}`
}

const WEB_ADDRESS = /^https?:\/\//i

function encodeFile(block: MediaBlock, source: Extract<MediaSource, { from: 'file' }>): string {
  if (source.family !== FAMILY) return unsupported(block, 'a file that was uploaded to another provider')
  return `{"type":"file","file_id":${JSON.stringify(source.fileId)}}`
}

function unsupported({ at }: MediaBlock, what: string): never {
  throw new Failure('unsupported-feature', {
    param: at ?? 'messages',
    message: `The chosen model does not take ${what}. Remove it or choose another model.`,
  })
}
