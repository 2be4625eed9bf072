import type { Database } from 'bun:sqlite'
import type { Owner } from '../../exchange/owner.ts'
import { isArray, isObject, parseJson, type Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { ContentTotals, KeptContent } from '../contents.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { RequestFilter } from '../request-query.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import { unpackContent } from '../spell-content.ts'
import type { RequestPage } from '../store.ts'
import { writeCursor, type Position } from './page-cursor.ts'
import { toSql } from './request-conditions.ts'
import { toRequestRow } from './request-row.ts'
import { clampLimit, numberAt, textAt, type SqlRow } from './sql-values.ts'

type ContentSqlRow = SqlRow & { readonly body: never }

/** What was said in a request; undefined where nothing was kept. */
export function readContent(database: Database, requestId: string): KeptContent | undefined {
  const row = database
    .query<ContentSqlRow, [string]>('select at_ms, keep, removed_ms, body from contents where request_id = ?')
    .get(requestId)
  if (row === null) return undefined
  const atMs = numberAt(row, 'at_ms')
  const text = unpackContent(row.body)
  if (text === undefined) return { atMs, removedMs: numberAt(row, 'removed_ms') }
  return { atMs, keep: textAt(row, 'keep'), text }
}

/** How much is kept. */
export function readContentTotals(database: Database): ContentTotals {
  const row = database.query<SqlRow, []>('select rows, bytes from content_sums').get()
  return row === null ? { rows: 0, bytes: 0 } : { rows: numberAt(row, 'rows'), bytes: numberAt(row, 'bytes') }
}

/** Of how many requests of an owner something is kept. */
export function countContentOf(database: Database, { scope, id }: Owner): number {
  const row = database
    .query<SqlRow, [string]>(
      `select count(*) as kept from contents where body is not null and ${OWNER_NAMES[scope]} = ?`,
    )
    .get(id)
  return row === null ? 0 : numberAt(row, 'kept')
}

const COLUMNS = REQUEST_COLUMNS.map(({ name }) => `requests.${name}`).join(', ')

/** A question for requests in which texts were said. */
export interface TextSearch extends RequestFilter {
  readonly position: Position
  readonly limit: number
}

/**
 * A page of lines whose content holds all of the texts, newest first. It looks through the content of `LIMITS.contentLooks` requests and no
 * more, and says so where that was not all.
 */
export function searchContents(database: Database, question: TextSearch): RequestPage {
  const { position, limit, texts = [], ...filter } = question
  const wanted = toSql(filter)
  const needles = texts.map((text) => text.toLowerCase())
  const statement = database.prepare<ContentSqlRow, (string | number | bigint)[]>(
    `select requests.sequence as sequence, ${COLUMNS}, kept.place, kept.body from
       (select sequence as place, at_ms as kept_at_ms, request_id as kept_id, body from contents
         where body is not null and (at_ms, sequence) < (?, ?) order by at_ms desc, sequence desc limit ?) as kept
       join requests on requests.id = kept.kept_id where ${wanted.sql} order by kept.kept_at_ms desc, kept.place desc`,
  )
  const window = endOfWindow(database, position)
  const found: SqlRow[] = []
  try {
    for (const row of statement.iterate(
      position.atMs,
      position.sequence,
      LIMITS.contentLooks,
      ...wanted.values,
    )) {
      if (!saysAll(unpackContent(row.body) ?? '', needles)) continue
      found.push(row)
      if (found.length > clampLimit(limit)) break
    }
  } finally {
    statement.finalize()
  }
  return toSearchPage(found, clampLimit(limit), window)
}

/** The last of the contents that a question may look through; undefined where there are no more behind it. */
function endOfWindow(database: Database, { atMs, sequence }: Position): Position | undefined {
  const row = database
    .query<SqlRow, [number, number, number]>(
      `select at_ms, sequence from contents where body is not null and (at_ms, sequence) < (?, ?)
         order by at_ms desc, sequence desc limit 1 offset ?`,
    )
    .get(atMs, sequence, LIMITS.contentLooks - 1)
  return row === null ? undefined : { atMs: numberAt(row, 'at_ms'), sequence: numberAt(row, 'sequence') }
}

function toSearchPage(found: readonly SqlRow[], limit: number, window: Position | undefined): RequestPage {
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const rows = shown.map(toRequestRow)
  if (found.length > limit && last !== undefined) {
    const next = writeCursor({ atMs: numberAt(last, 'at_ms'), sequence: numberAt(last, 'place') })
    return { rows, next }
  }
  if (window === undefined) return { rows }
  return {
    rows,
    next: writeCursor(window),
    lookedAt: { rows: LIMITS.contentLooks, atMs: window.atMs },
  }
}

/** Does a content say each of some texts, in whatever case? Its names of members do not count. */
function saysAll(content: string, needles: readonly string[]): boolean {
  const lower = content.toLowerCase()
  // Mostly it does not, which its JSON tells without being parsed.
  if (!needles.every((needle) => lower.includes(JSON.stringify(needle).slice(1, -1)))) return false
  const parsed = parseJson(lower)
  return needles.every((needle) => says(parsed, needle))
}

function says(value: Json | undefined, needle: string): boolean {
  if (typeof value === 'string') return value.includes(needle)
  if (isArray(value)) return value.some((one) => says(one, needle))
  return isObject(value) && Object.values(value).some((one) => says(one, needle))
}
