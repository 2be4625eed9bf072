import type { MediaBlock, Seal, ToolCallBlock } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { SEAL_FIELD } from './schema.ts'

/** The id that the client gets to see: the exchange's own, in the form that clients of this dialect expect. */
export function completionId(requestId: string): string {
  return `chatcmpl-${requestId.slice(requestId.indexOf('_') + 1)}`
}

/** Images of an answer, in the shape that compatible servers agreed on. */
export function toImages(blocks: readonly MediaBlock[]): JsonObject[] {
  return blocks
    .filter((block) => block.kind === 'image')
    .flatMap(({ source }) => {
      if (source.from !== 'url' && source.from !== 'bytes') return []
      const url = source.from === 'url' ? source.url : `data:${source.mediaType};base64,${source.base64}`
      return [{ type: 'image_url', image_url: { url } }]
    })
}

/** The member of a call that carries its seal, if there is one. */
export function sealField(seal: Seal | undefined): JsonObject {
  return seal === undefined
    ? {}
    : { [SEAL_FIELD]: { family: seal.family, scheme: seal.scheme, value: seal.value } }
}

/** The deprecated form of a call: an answer holds one, without an id. */
export function functionCall(call: ToolCallBlock): JsonObject {
  return { function_call: { name: call.name, arguments: call.arguments } }
}
