import type { Database } from 'bun:sqlite'
import type { SeriesSource } from './series-sums.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

type Reaching = SeriesSource | 'marks'

/** How far the sums of a table reach, or the marks of the request log. */
export interface Reach {
  /** Rows up to this place are still to be taken in; 0 where there are none. */
  readonly behind: number
  /** Those behind it, up to this one, are. */
  readonly upto: number
}

/** Prepares what reads and moves it. */
export function createReach(database: Database): {
  of(source: Reaching): Reach
  move(source: Reaching, to: Reach): void
} {
  const find = database.query<SqlRow, [string]>('select behind, upto from series_reach where source = ?')
  const move = database.query<unknown, [number, number, string]>(
    'update series_reach set behind = ?, upto = ? where source = ?',
  )
  return {
    of(source) {
      const row = find.get(source) ?? {}
      return { behind: numberAt(row, 'behind'), upto: numberAt(row, 'upto') }
    },
    move: (source, { behind, upto }) => void move.run(behind, upto, source),
  }
}
