import type { Block, MediaBlock, ToolCallBlock } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import { FAMILY } from './schema.ts'

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

/** Notes what a client of this dialect cannot be shown of a block, however the answer is given. */
export function noteUnsayable(block: Block, notice: NoticeSink): void {
  switch (block.type) {
    case 'text':
      if (block.seal !== undefined) notice('seal.lost')
      return
    case 'media':
      if (toImages([block]).length === 0) notice('media.dropped')
      return
    case 'native':
      if (block.family !== FAMILY) notice('native.dropped')
      return
    case 'search-result':
    case 'tool-result':
      notice('native.dropped')
      return
    case 'reasoning':
    case 'refusal':
    case 'tool-call':
  }
}

/** The deprecated form of a call: an answer holds one, without an id. */
export function functionCall(call: ToolCallBlock): JsonObject {
  return { function_call: { name: call.name, arguments: call.arguments } }
}
