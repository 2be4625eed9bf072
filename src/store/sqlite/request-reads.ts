import type { Database } from 'bun:sqlite'
import type { Condition, RequestFilter } from '../request-query.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import type { FollowedRows, RequestPage, RequestRow } from '../store.ts'
import { searchContents } from './content-reads.ts'
import { readMarked, type MarkedQuestion, type MarkedRows } from './marked-pages.ts'
import { toPage, writeCursor, type Position } from './page-cursor.ts'
import { allOf, mostLines, toSql, type SqlCondition } from './request-conditions.ts'
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
  const { rows, end } =
    readMarked(database, { filter, before: position, limit: most + 1, columns: COLUMNS }) ??
    readInTurn(database, filter, { before: position, limit: most + 1 })
  const page = toPage(rows, most, { timeColumn: 'at_ms', decode: toRequestRow })
  if (end === undefined || page.next !== undefined) return page
  return { ...page, next: writeCursor(end.at), lookedAt: { rows: end.looked, atMs: end.at.atMs } }
}

/** Holds lines against the conditions one after the other, as many as one may. */
function readInTurn(
  database: Database,
  filter: RequestFilter,
  { before, limit }: Pick<MarkedQuestion, 'before' | 'limit'>,
): MarkedRows {
  const isBefore: SqlCondition = {
    sql: '(at_ms, sequence) < (?, ?)',
    values: [before.atMs, before.sequence],
  }
  const at = endOfLook(database, isBefore, filter)
  const within: SqlCondition =
    at === undefined
      ? isBefore
      : allOf([isBefore, { sql: '(at_ms, sequence) >= (?, ?)', values: [at.atMs, at.sequence] }])
  const rows = selectRows(database, {
    wanted: allOf([toSql(filter), within]),
    order: 'at_ms desc, sequence desc',
    limit,
  })
  return { rows, ...(at && { end: { at, looked: mostLines(filter.conditions ?? []) } }) }
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

/** The last line that a question may look at; undefined where it asks for a time alone, or there are not so many. */
export function endOfLook(
  database: Database,
  before: SqlCondition,
  filter: RequestFilter,
): Position | undefined {
  const { conditions = [], ...time } = filter
  if (isTimeAlone(conditions)) return undefined
  const times = conditions.filter(isOfTime)
  const among = allOf([toSql({ ...time, conditions: times }), before])
  const statement = database.prepare<SqlRow, (string | number | bigint)[]>(
    `select at_ms, sequence from requests where ${among.sql} order by at_ms desc, sequence desc limit 1 offset ?`,
  )
  try {
    const row = statement.get(...among.values, mostLines(conditions) - 1)
    return row === null ? undefined : { atMs: numberAt(row, 'at_ms'), sequence: numberAt(row, 'sequence') }
  } finally {
    statement.finalize()
  }
}

/** Do conditions ask for a time and for nothing else? */
export function isTimeAlone(conditions: readonly Condition[]): boolean {
  return conditions.every(isOfTime)
}

/** Does it say from when to when, so that what lies elsewhere is not looked at? */
function isOfTime({ field, not, tests }: Condition): boolean {
  return field === 'at' && not !== true && tests.length === 1
}
