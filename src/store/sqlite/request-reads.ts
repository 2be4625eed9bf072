import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { Condition, RequestFilter } from '../request-query.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import type { FollowedRows, RequestPage, RequestRow } from '../store.ts'
import { searchContents } from './content-reads.ts'
import { toPage, writeCursor, type Position } from './page-cursor.ts'
import { allOf, toSql, type SqlCondition } from './request-conditions.ts'
import { toRequestRow } from './request-row.ts'
import { clampLimit, numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'

/** The columns of a line, without those that are worked out. */
const COLUMNS = ['sequence', ...REQUEST_COLUMNS.map(({ name }) => name)].join(', ')

/** One line of the request log, or undefined when there is none of this id. */
export function readRequest(database: Database, id: string): RequestRow | undefined {
  const row = database.query<SqlRow, [string]>(`select ${COLUMNS} from requests where id = ?`).get(id)
  return row === null ? undefined : toRequestRow(row)
}

/** Lines that are asked for among so many in order of writing behind the one of an id, oldest first. */
export function readRequestsSince(
  database: Database,
  id: string | undefined,
  { limit, ...filter }: RequestFilter & { readonly limit: number },
): FollowedRows {
  // An id that is not there (any more) starts at the beginning: a follower may see a row again, but misses none.
  const known =
    id === undefined
      ? null
      : database.query<SqlRow, [string]>('select sequence from requests where id = ?').get(id)
  const from = known === null ? 0 : numberAt(known, 'sequence')
  const last = database
    .query<SqlRow, [number, number]>(
      `select id, sequence, count(*) over () as looked from (select id, sequence from requests where sequence > ? order by sequence limit ?)
       order by sequence desc limit 1`,
    )
    .get(from, clampLimit(limit))
  if (last === null) return { rows: [] }
  const rows = selectRows(database, {
    wanted: allOf([
      toSql(filter),
      { sql: 'sequence > ? and sequence <= ?', values: [from, numberAt(last, 'sequence')] },
    ]),
    order: 'sequence',
    limit: clampLimit(limit),
  })
  const isFull = numberAt(last, 'looked') >= clampLimit(limit)
  return { rows: rows.map(toRequestRow), last: textAt(last, 'id'), ...(isFull ? { isFull } : {}) }
}

/** A question for a page of the request log. */
export interface RequestPageRead extends RequestFilter {
  readonly position: Position
  readonly limit: number
}

/** A page of lines, newest first. */
export function readRequestPage(database: Database, question: RequestPageRead): RequestPage {
  if (question.texts !== undefined && question.texts.length > 0) return searchContents(database, question)
  const { position, limit, ...filter } = question
  const most = clampLimit(limit)
  const before: SqlCondition = {
    sql: '(at_ms, sequence) < (?, ?)',
    values: [position.atMs, position.sequence],
  }
  const end = endOfLook(database, before, filter)
  const within: SqlCondition =
    end === undefined
      ? before
      : allOf([before, { sql: '(at_ms, sequence) >= (?, ?)', values: [end.atMs, end.sequence] }])
  const rows = selectRows(database, {
    wanted: allOf([toSql(filter), within]),
    order: 'at_ms desc, sequence desc',
    limit: most + 1,
  })
  const page = toPage(rows, most, { timeColumn: 'at_ms', decode: toRequestRow })
  if (end === undefined || page.next !== undefined) return page
  return { ...page, next: writeCursor(end), lookedAt: { rows: LIMITS.queryRows, atMs: end.atMs } }
}

interface Selection {
  readonly wanted: SqlCondition
  readonly order: string
  readonly limit: number
}

function selectRows(database: Database, { wanted, order, limit }: Selection): readonly SqlRow[] {
  return selectAll(
    database,
    `select ${COLUMNS} from requests where ${wanted.sql} order by ${order} limit ?`,
    [...wanted.values, limit],
  )
}

/**
 * The last line that a question may look at; undefined where it is answered by an index alone, or there are not so many. The lines
 * of one key, or of one outcome that is rare, are those of their index.
 */
export function endOfLook(
  database: Database,
  before: SqlCondition,
  filter: RequestFilter,
): Position | undefined {
  const { conditions = [], ...time } = filter
  const indexed = [...conditions.filter(isOfTime), ...conditions.filter(isIndexed).slice(0, 1)]
  if (indexed.length === conditions.length) return undefined
  const among = allOf([toSql({ ...time, conditions: indexed }), before])
  const statement = database.prepare<SqlRow, (string | number | bigint)[]>(
    `select at_ms, sequence from requests where ${among.sql} order by at_ms desc, sequence desc limit 1 offset ?`,
  )
  try {
    const row = statement.get(...among.values, LIMITS.queryRows - 1)
    return row === null ? undefined : { atMs: numberAt(row, 'at_ms'), sequence: numberAt(row, 'sequence') }
  } finally {
    statement.finalize()
  }
}

/** Does it say from when to when, so that what lies elsewhere is not looked at? */
function isOfTime({ field, not, tests }: Condition): boolean {
  return field === 'at' && not !== true && tests.length === 1
}

/** Is it answered by an index over owner and time? */
function isIndexed({ field, not, tests: [test, ...others] }: Condition): boolean {
  return (
    field === 'key' &&
    not !== true &&
    others.length === 0 &&
    test !== undefined &&
    'is' in test &&
    test.is !== ''
  )
}
