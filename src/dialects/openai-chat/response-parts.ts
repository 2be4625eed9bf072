import type { MediaBlock, Seal } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'

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

/** The field in which a call carries a seal; clients that echo their calls whole bring it back. */
export function sealField(seal: Seal | undefined): JsonObject {
  return seal === undefined
    ? {}
    : { gatehouse_seal: { family: seal.family, scheme: seal.scheme, value: seal.value } }
}
