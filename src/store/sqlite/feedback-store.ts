import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { FeedbackRow, FeedbackStore } from '../feedback.ts'
import { isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/** Creates the store of feedback on a connection. People give it, so it is rare and is written at once. */
export function createFeedbackStore(database: Database, clock: Clock): FeedbackStore {
  const add = database.transaction(({ requestId, ...row }: FeedbackRow): 'added' | 'unknown' | 'full' => {
    const known = database
      .query<SqlRow, [string]>('select count(*) as found from requests where id = ?')
      .get(requestId)
    if (known === null || numberAt(known, 'found') === 0) return 'unknown'
    const given = database
      .query<SqlRow, [string]>('select count(*) as given from feedback where request_id = ?')
      .get(requestId)
    if (given !== null && numberAt(given, 'given') >= LIMITS.requestFeedback) return 'full'
    database
      .query(
        'insert into feedback (request_id, at_ms, score, label, comment, given_by) values (?, ?, ?, ?, ?, ?)',
      )
      .run(requestId, row.atMs, row.score, row.label ?? null, row.comment ?? null, row.by ?? null)
    return 'added'
  })
  return {
    add: (row) => whenFree(clock, () => add.immediate(row)),
    of: (requestId) =>
      whenFree(clock, () =>
        database
          .query<SqlRow, [string]>('select * from feedback where request_id = ? order by sequence')
          .all(requestId)
          .map(toRow),
      ),
  }
}

function toRow(row: SqlRow): FeedbackRow {
  const text = (column: string): string | undefined => (isSet(row, column) ? textAt(row, column) : undefined)
  return {
    requestId: textAt(row, 'request_id'),
    atMs: numberAt(row, 'at_ms'),
    score: numberAt(row, 'score'),
    ...defined({ label: text('label'), comment: text('comment'), by: text('given_by') }),
  }
}
