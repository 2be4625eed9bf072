import type { MediaBlock } from '../../exchange/content.ts'
import { mediaOf } from '../conversation.ts'
import type { SimulatedModel } from '../simulated-model.ts'

/** Says which media it was given, so that a test can compare them with what was sent. */
export const vision: SimulatedModel = {
  name: 'vision',
  summary: 'Says how many images and documents it saw, their media types and sizes.',
  options: {},
  answer: ({ chat }) => {
    const media = mediaOf(chat)
    const images = media.filter((block) => block.kind === 'image').length
    const list = media.map((block) => `${block.kind} ${describe(block)}`).join('; ')
    const text = `I see ${images} ${images === 1 ? 'image' : 'images'}${list === '' ? '.' : `: ${list}.`}`
    return { blocks: [{ type: 'text', text }], finish: { reason: 'stop' } }
  },
}

function describe({ source }: MediaBlock): string {
  switch (source.from) {
    case 'bytes':
      return `${source.mediaType}, ${byteLength(source.base64)} bytes`
    case 'url':
      return `at ${source.url}`
    case 'text':
      return `text/plain, ${source.text.length} characters`
    case 'blocks':
      return `of ${source.blocks.length} blocks`
    case 'file':
      return `file ${source.fileId}`
  }
}

function byteLength(base64: string): number {
  return Math.floor((base64.replaceAll('=', '').length * 3) / 4)
}
