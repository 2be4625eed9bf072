import type { Block, Signature } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import { isAnswerBlock } from '../block-writer.ts'
import { callInput } from '../call-input.ts'
import { FAMILY, SIGNATURE } from './vocabulary.ts'
import { carrySignature } from './signature.ts'

/** The member of a part that is its proof; none for a part without one. */
export function signed(signature: Signature | undefined): JsonObject {
  return signature === undefined ? NOTHING : { [SIGNATURE]: carrySignature(signature) }
}

/** A block of an answer as a part; undefined, with a notice, for what clients of this dialect cannot be shown. */
export function partOf(block: Block, notice: NoticeSink): JsonObject | undefined {
  if (!isAnswerBlock(block, { family: FAMILY, notice })) return undefined
  switch (block.type) {
    case 'text':
      if (block.citations !== undefined) notice('citation.dropped')
      return { text: block.text, ...signed(block.signature) }
    case 'refusal':
      return { text: block.text }
    case 'reasoning':
      return {
        text: block.text,
        thought: block.form === 'hidden' ? undefined : true,
        ...signed(block.signature),
      }
    case 'tool-call': {
      const functionCall = { id: block.id, name: block.name, args: callInput(block, notice) }
      return { ...block.extra?.[FAMILY], functionCall, ...signed(block.signature) }
    }
    case 'media':
      return mediaOf(block, notice)
    case 'native':
      return block.raw
  }
}

const NOTHING: JsonObject = {}

function mediaOf(block: Extract<Block, { type: 'media' }>, notice: NoticeSink): JsonObject | undefined {
  const { source, extra, name, context, cite } = block
  if ((name ?? context ?? cite) !== undefined) notice('media.dropped')
  if (source.from === 'bytes')
    return { ...extra?.[FAMILY], inlineData: { mimeType: source.mediaType, data: source.base64 } }
  if (source.from === 'url') return { fileData: { fileUri: source.url } }
  notice('media.dropped')
  return undefined
}
