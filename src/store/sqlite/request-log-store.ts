import type { RequestLogStore } from '../store.ts'
import { readCursor } from './page-cursor.ts'
import type { RowReader } from './reads.ts'
import type { RowWriter } from './row-writer.ts'

/** Creates the request log's store over whoever reads and writes its rows. */
export function createRequestLogStore(reader: RowReader, writer: RowWriter): RequestLogStore {
  return {
    append: (rows) => writer.write('requests', rows),
    find: (id) => reader.read('request', id),
    async list({ after, ...query }) {
      return reader.read('requestPage', { ...query, position: readCursor(after) })
    },
    said: ({ after, ...query }) => reader.read('said', { ...query, position: readCursor(after) }),
    facet: (question) => reader.read('facet', question),
    guardCounts: (filter) => reader.read('guardCounts', filter),
    neighbours: (id, filter) => reader.read('neighbours', id, filter),
    savings: (query) => reader.read('savings', query),
    since: (id, limit, filter) => reader.read('requestsSince', id, { ...filter, limit }),
  }
}
