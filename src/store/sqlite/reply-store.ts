import { LIMITS } from '../../kit/limits.ts'
import type { ReplyStore } from '../kept-replies.ts'
import type { RowReader } from './reads.ts'
import { replyText } from './reply-writes.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the store of replies over whoever reads and writes its rows. */
export function createReplyStore(reader: RowReader, writer: RowWriter): ReplyStore {
  let waitingBytes = 0
  return {
    find: (id, sinceMs) => reader.read('reply', id, sinceMs),
    async put(reply, room) {
      const { length } = reply.sealed
      if (waitingBytes + length > LIMITS.replyQueueBytes)
        throw new Error('too many replies wait for the database')
      waitingBytes += length
      try {
        await writer.write('replies', [replyText(reply, room)])
      } finally {
        waitingBytes -= length
      }
    },
  }
}
