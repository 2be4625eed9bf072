import type { Block, MediaBlock, MediaSource, SearchResultBlock } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { writeArray, writeObject, writeOptional } from './json-text.ts'
import { encodeCacheMark, ownExtra, type RequestWriter } from './request-writer.ts'
import { FAMILY } from './schema.ts'

/** Writes the blocks inside a document or search result. */
type EncodeInner = (blocks: readonly Block[]) => readonly string[]

/**
 * Writes an image or a document. Input is never dropped in silence: what the API cannot take throws `unsupported-feature`.
 */
export function encodeMedia(block: MediaBlock, writer: RequestWriter, inner: EncodeInner): string {
  const { notice } = writer.context
  const marks = { cache_control: encodeCacheMark(block.cache, block.extra, notice) }
  const extra = ownExtra(block.extra, notice)
  if (block.kind === 'image') {
    if (block.detail !== undefined && block.detail !== 'auto') notice('param.dropped', 'detail')
    return writeObject({ type: '"image"', source: encodeImageSource(block.source, writer), ...marks }, extra)
  }
  if (block.kind !== 'document') return unsupported(`${block.kind} input`)
  return writeObject(
    {
      type: '"document"',
      source: encodeDocumentSource(block.source, inner),
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
    ownExtra(block.extra, notice),
  )
}

function encodeCite(cite: boolean | undefined): string | undefined {
  return cite === undefined ? undefined : `{"enabled":${cite}}`
}

function encodeImageSource(source: MediaSource, writer: RequestWriter): string {
  switch (source.from) {
    case 'bytes':
      return encodeBytes(source.base64, source.mediaType)
    case 'url':
      if (writer.context.quirks.imageUrls === false) return unsupported('images by URL')
      return encodeUrl(source.url)
    case 'file':
      return encodeFile(source)
    case 'text':
    case 'blocks':
      return unsupported(`images from ${source.from}`)
  }
}

/** The API takes PDF as bytes and everything that is text as text. */
function encodeDocumentSource(source: MediaSource, inner: EncodeInner): string {
  switch (source.from) {
    case 'bytes':
      if (source.mediaType === 'application/pdf') return encodeBytes(source.base64, source.mediaType)
      return encodeTextSource(decodeTextBytes(source.base64, source.mediaType))
    case 'url':
      return encodeUrl(source.url)
    case 'file':
      return encodeFile(source)
    case 'text':
      return encodeTextSource(source.text)
    case 'blocks':
      return writeObject({ type: '"content"', content: writeArray(inner(source.blocks)) })
  }
}

const TEXT_MEDIA = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|javascript|csv)\b)/i

function decodeTextBytes(base64: string, mediaType: string): string {
  if (!TEXT_MEDIA.test(mediaType)) return unsupported(`documents of type ${mediaType}`)
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    throw new Failure('invalid-request', { param: 'messages', message: 'A document is not valid base64.' })
  }
}

function encodeBytes(base64: string, mediaType: string): string {
  return `{"type":"base64","media_type":${JSON.stringify(mediaType)},"data":${JSON.stringify(base64)}}`
}

function encodeUrl(url: string): string {
  return `{"type":"url","url":${JSON.stringify(url)}}`
}

function encodeTextSource(text: string): string {
  return `{"type":"text","media_type":"text/plain","data":${JSON.stringify(text)}}`
}

function encodeFile(source: Extract<MediaSource, { from: 'file' }>): string {
  if (source.family !== FAMILY) return unsupported('a file that was uploaded to another provider')
  return `{"type":"file","file_id":${JSON.stringify(source.fileId)}}`
}

function unsupported(what: string): never {
  throw new Failure('unsupported-feature', {
    param: 'messages',
    message: `The chosen model does not take ${what}. Remove it or choose another model.`,
  })
}
