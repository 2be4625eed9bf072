import { LIMITS } from '../../kit/limits.ts'
import type { AnswerStore } from '../kept-answers.ts'
import { answerText, purgeText, useText } from './answer-writes.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the store of answers over whoever reads and writes its rows. */
export function createAnswerStore(reader: RowReader, writer: RowWriter): AnswerStore {
  return {
    put: (answer, room) => writer.write('answers', [answerText(answer, room)]),
    find: (key, nowMs) => reader.read('answer', key, nowMs),
    touch: (uses) => writer.write('answers', uses.map(useText)),
    async purge(which) {
      const found = await reader.read('answerTotals', which)
      // By small batches: rows of the ledger wait for no more than one of them.
      for (let left = found.entries; left > 0; left -= LIMITS.cachePurged)
        await writer.write('answers', [purgeText(which)])
      return found
    },
    report: (question) => reader.read('answerReport', question),
  }
}
