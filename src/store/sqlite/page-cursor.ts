import { Failure } from '../../exchange/failure.ts'
import type { Page } from '../store.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** Position between two rows in the order newest first. */
export interface Position {
  readonly atMs: number
  readonly sequence: number
}

/** Before every row: times far beyond any real one. */
export const FIRST: Position = { atMs: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER }
const FORM = /^(-?\d{1,16})\.(\d{1,16})$/

/** Reads `after` of a page query. Throws `Failure('invalid-request')` for anything that `toPage` did not write. */
export function readCursor(after: string | undefined): Position {
  if (after === undefined) return FIRST
  const match = FORM.exec(after)
  if (match === null)
    throw new Failure('invalid-request', { param: 'after', message: '`after` is not a page.' })
  return { atMs: Number(match[1]), sequence: Number(match[2]) }
}

/**
 * Makes a page of rows read with a limit of one more than wanted: the extra row says that there is a next page.
 *
 * @param timeColumn the column that the rows are ordered by, before `sequence`
 */
export function toPage<Row>(
  rows: readonly SqlRow[],
  limit: number,
  { timeColumn, decode }: { readonly timeColumn: string; readonly decode: (row: SqlRow) => Row },
): Page<Row> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit && last !== undefined
  return {
    rows: shown.map(decode),
    ...(more
      ? { next: writeCursor({ atMs: numberAt(last, timeColumn), sequence: numberAt(last, 'sequence') }) }
      : {}),
  }
}

/** `after` of the page that begins behind a position. */
export function writeCursor({ atMs, sequence }: Position): string {
  return `${atMs}.${sequence}`
}
