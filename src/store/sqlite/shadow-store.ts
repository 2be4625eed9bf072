import type { ShadowStore } from '../store.ts'
import { readCursor } from './page-cursor.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the store of comparisons over whoever reads and writes its rows. */
export function createShadowStore(reader: RowReader, writer: RowWriter): ShadowStore {
  return {
    append: (rows) => writer.write('shadows', rows),
    async list({ after, ...query }) {
      return reader.read('shadowPage', { ...query, position: readCursor(after) })
    },
    report: (query) => reader.read('shadowReport', query),
  }
}
