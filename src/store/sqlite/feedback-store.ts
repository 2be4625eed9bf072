import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, parseJson } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { FeedbackQuery, FeedbackRow, FeedbackStore } from '../feedback.ts'
import { isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

type Added = Awaited<ReturnType<FeedbackStore['add']>>

/** Creates the store of feedback on a connection. People give it, so it is rare and is written at once. */
export function createFeedbackStore(database: Database, clock: Clock): FeedbackStore {
  const add = database.transaction((row: FeedbackRow): Added => {
    if (!isKnown(database, row)) return 'unknown'
    const replaced = row.keyId === undefined ? 0 : removeEarlier(database, row)
    if (countOf(database, row.requestId) >= LIMITS.requestFeedback) return 'full'
    insert(database, row)
    return replaced > 0 ? 'replaced' : 'added'
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
    list: (query) => whenFree(clock, () => readPage(database, query)),
  }
}

/** A key knows its own requests and no others. */
function isKnown(database: Database, { requestId, keyId }: FeedbackRow): boolean {
  const found = database
    .query<SqlRow, [string, string | null]>(
      'select count(*) as found from requests where id = ?1 and (?2 is null or key_id = ?2)',
    )
    .get(requestId, keyId ?? null)
  return found !== null && numberAt(found, 'found') > 0
}

function removeEarlier(database: Database, { requestId, keyId, by }: FeedbackRow): number {
  return database
    .query("delete from feedback where request_id = ? and key_id = ? and ifnull(given_by, '') = ?")
    .run(requestId, keyId ?? '', by ?? '').changes
}

function countOf(database: Database, requestId: string): number {
  const given = database
    .query<SqlRow, [string]>('select count(*) as given from feedback where request_id = ?')
    .get(requestId)
  return given === null ? 0 : numberAt(given, 'given')
}

function insert(database: Database, { requestId, labels, ...row }: FeedbackRow): void {
  database
    .query(
      'insert into feedback (request_id, at_ms, score, label, comment, given_by, key_id, labels) values (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      requestId,
      row.atMs,
      row.score,
      row.label ?? null,
      row.comment ?? null,
      row.by ?? null,
      row.keyId ?? null,
      labels === undefined ? null : JSON.stringify(labels),
    )
}

function readPage(database: Database, { limit, after, below }: FeedbackQuery) {
  const found = database
    .query<SqlRow, [number, number, number]>(
      'select * from feedback where sequence < ? and score < ? order by sequence desc limit ?',
    )
    .all(placeOf(after), below ?? Number.MAX_SAFE_INTEGER, limit + 1)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const hasMore = found.length > limit && last !== undefined
  return { rows: shown.map(toRow), ...(hasMore ? { next: String(numberAt(last, 'sequence')) } : {}) }
}

/** What is no place is the beginning. */
function placeOf(after: string | undefined): number {
  return after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : Number.MAX_SAFE_INTEGER
}

function toRow(row: SqlRow): FeedbackRow {
  const text = (column: string): string | undefined => (isSet(row, column) ? textAt(row, column) : undefined)
  const labels = text('labels')
  return {
    requestId: textAt(row, 'request_id'),
    atMs: numberAt(row, 'at_ms'),
    score: numberAt(row, 'score'),
    ...defined({
      label: text('label'),
      labels: labels === undefined ? undefined : readLabels(labels),
      comment: text('comment'),
      by: text('given_by'),
      keyId: text('key_id'),
    }),
  }
}

function readLabels(text: string): readonly string[] {
  const labels = parseJson(text)
  return isArray(labels) ? labels.filter((label) => typeof label === 'string') : []
}
