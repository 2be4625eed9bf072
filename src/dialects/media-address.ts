import type { Family, MediaBlock, MediaSource } from '../exchange/content.ts'
import { documentTypeOf, imageTypeOf } from './media-type.ts'
import { refuseBlock } from './refuse-block.ts'
import type { Towards } from './towards.ts'

/** Where media are for a provider that takes them by address: bytes stand in the URL itself (`data:`, RFC 2397). */
export type MediaAddress =
  | { readonly url: string; readonly fileId?: never }
  | { readonly fileId: string; readonly url?: never }

/**
 * The address of media for a target, if that takes them. Throws `Failure('unsupported-feature')` for what the model or the provider
 * is known not to take, for text, and for files that lie with another provider.
 *
 * @param family that of the target
 */
export function mediaAddress(block: MediaBlock, to: Towards, family: Family): MediaAddress {
  refuseKind(block, to)
  const { kind, source } = block
  switch (source.from) {
    case 'url':
      return { url: source.url }
    case 'bytes':
      return { url: `data:${typeOf(kind, source)};base64,${source.base64}` }
    case 'file':
      if (source.family === family) return { fileId: source.fileId }
      return refuseBlock(block, 'A file uploaded to another provider cannot be sent.')
    case 'text':
    case 'blocks':
      return refuseBlock(block, 'Text cannot be sent in this form.')
  }
}

/** The media type of bytes, as providers check it. */
function typeOf(kind: MediaBlock['kind'], bytes: Extract<MediaSource, { from: 'bytes' }>): string {
  if (kind === 'image') return imageTypeOf(bytes)
  return kind === 'document' ? documentTypeOf(bytes) : bytes.mediaType
}

function refuseKind(block: MediaBlock, { capabilities, quirks }: Towards): void {
  const { kind, source } = block
  if (kind === 'audio' && capabilities.audioInput === false)
    refuseBlock(block, 'The model does not take audio.')
  if (kind === 'document' && capabilities.documents === false)
    refuseBlock(block, 'The model does not take documents.')
  if (kind !== 'image') return
  if (capabilities.vision === false) refuseBlock(block, 'The model does not take images.')
  if (source.from === 'url' && quirks.imageUrls === false && !source.url.startsWith('data:'))
    refuseBlock(block, 'The provider takes images only as bytes, not by URL.')
  const type = source.from === 'bytes' ? imageTypeOf(source) : undefined
  if (type !== undefined && quirks.imageTypes?.includes(type) === false)
    refuseBlock(block, `The provider does not take images of type ${type}.`)
}
