import { LIMITS } from '../../kit/limits.ts'
import { createDotKernel } from './dot-kernel.ts'
import { FlatIndex } from './flat-index.ts'
import type { IndexReply, IndexRequest } from './index-messages.ts'

/**
 * The entry of the thread that holds vectors and searches them, so that no search stands in the way of the event loop that serves
 * requests. It is an entry, so it acts at import; nothing imports it.
 */
const index = new FlatIndex(createDotKernel(LIMITS.similarCodeBytes))

const reply = (message: IndexReply): void => postMessage(message)

addEventListener('message', ({ data }: MessageEvent<IndexRequest>) => {
  if (data.type === 'remove') return index.remove(data.partition, data.id)
  if (data.type === 'find') {
    const near = index.find(data.partition, data.vector, data.most)
    return reply({ type: 'found', number: data.number, near })
  }
  if (!index.put(data.partition, data.id, data.vector))
    reply({ type: 'full', partition: data.partition, id: data.id })
})
