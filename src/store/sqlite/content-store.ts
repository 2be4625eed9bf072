import type { ContentStore } from '../contents.ts'
import { removeContent, removeContentOf } from './content-writes.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the store of what was said over whoever reads and writes its rows. */
export function createContentStore(reader: RowReader, writer: RowWriter): ContentStore {
  return {
    append: (rows) => writer.write('contents', rows),
    find: (requestId) => reader.read('content', requestId),
    async remove(requestId, atMs) {
      const found = await reader.read('content', requestId)
      if (found === undefined || 'removedMs' in found) return false
      await writer.write('contents', [removeContent(requestId, atMs)])
      return true
    },
    async removeOf(owner, atMs) {
      const kept = await reader.read('contentsOf', owner)
      if (kept > 0) await writer.write('contents', [removeContentOf(owner, atMs)])
      return kept
    },
    totals: () => reader.read('contentTotals'),
  }
}
