import type { Database } from 'bun:sqlite'
import type { RequestFilter } from '../request-query.ts'
import { FIRST, type Position } from './page-cursor.ts'
import { allOf, mostLines, toSql } from './request-conditions.ts'
import { marksOf, mayHold } from './request-marks.ts'
import { createReach } from './series-reach.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** A question for the newest lines before a position. */
export interface MarkedQuestion {
  readonly filter: RequestFilter
  readonly before: Position
  /** Most lines. */
  readonly limit: number
  readonly columns: string
}

export interface MarkedRows {
  /** Newest first. */
  readonly rows: readonly SqlRow[]
  /** Where there was more to look at than one may: everything behind this position was looked at, in so many lines. */
  readonly end?: { readonly at: Position; readonly looked: number }
}

/** Finds lines by their marks. Undefined where marks do not help: they say nothing of what is asked, or not all lines have them yet. */
export function readMarked(database: Database, question: MarkedQuestion): MarkedRows | undefined {
  const lists = marksOf(question.filter.conditions ?? [])
  const { behind, upto } = createReach(database).of('marks')
  if (lists === undefined || behind > 0) return undefined
  const { filter, before, limit, columns } = question
  const wanted = allOf([
    toSql(filter),
    { sql: '(+at_ms, sequence) < (?, ?)', values: [before.atMs, before.sequence] },
  ])
  const lines = database.prepare<SqlRow, (string | number | bigint)[]>(
    `select ${columns} from requests not indexed where sequence > ? and sequence <= ? and ${wanted.sql}
     order by at_ms desc, sequence desc limit ?`,
  )
  const look = (after: number, last: number): readonly SqlRow[] =>
    lines.all(after, last, ...wanted.values, limit)
  try {
    // Lines that have no marks yet are few.
    const found = new Found(limit, look(upto, Number.MAX_SAFE_INTEGER))
    let looked = 0
    const { fromMs, toMs: endMs } = timeOf(filter)
    const most = mostLines(filter.conditions ?? [])
    for (const block of blocksOf(database, Math.min(before.atMs, endMs))) {
      const toMs = Number(block.to_ms)
      if (toMs < fromMs || found.isFullBehind(toMs)) break
      if (looked >= most && toMs < before.atMs)
        return { rows: found.behind(toMs), end: { at: { ...FIRST, atMs: toMs }, looked } }
      if (!mayHold(block.marks, lists)) continue
      const [after, last] = [Number(block.after), Number(block.upto)]
      looked += last - after
      found.add(look(after, last))
    }
    return { rows: found.rows }
  } finally {
    lines.finalize()
  }
}

interface BlockRow {
  readonly after: bigint
  readonly upto: bigint
  readonly to_ms: bigint
  readonly marks: Uint8Array
}

/** Blocks in which lines up to a time may be, those that end last first. */
function blocksOf(database: Database, beforeMs: number): Iterable<BlockRow> {
  return database
    .query<BlockRow, [number]>(
      'select after, upto, to_ms, marks from request_marks where from_ms <= ? order by to_ms desc',
    )
    .iterate(beforeMs)
}

/** Between when all lines are that are asked for. */
function timeOf({ conditions = [], fromMs, toMs }: RequestFilter): {
  readonly fromMs: number
  readonly toMs: number
} {
  const [begins, ends] = [[fromMs ?? 0], [toMs ?? Number.MAX_SAFE_INTEGER]]
  for (const { field, not, tests } of conditions) {
    const [test, ...others] = tests
    if (field !== 'at' || not === true || others.length > 0 || test === undefined || !('compare' in test))
      continue
    if (test.compare !== '<' && test.compare !== '<=') begins.push(Number(test.to))
    if (test.compare !== '>' && test.compare !== '>=') ends.push(Number(test.to))
  }
  return { fromMs: Math.max(...begins), toMs: Math.min(...ends) }
}

/** The newest lines that were found so far. */
class Found {
  readonly #limit: number
  #rows: readonly SqlRow[]

  constructor(limit: number, rows: readonly SqlRow[]) {
    this.#limit = limit
    this.#rows = rows
  }

  get rows(): readonly SqlRow[] {
    return this.#rows
  }

  add(rows: readonly SqlRow[]): void {
    if (rows.length === 0) return
    this.#rows = [...this.#rows, ...rows].sort(newestFirst).slice(0, this.#limit)
  }

  /** Are there as many as may be, none of which gives way to a line that began so early? */
  isFullBehind(atMs: number): boolean {
    const last = this.#rows[this.#limit - 1]
    return last !== undefined && numberAt(last, 'at_ms') > atMs
  }

  behind(atMs: number): readonly SqlRow[] {
    return this.#rows.filter((row) => numberAt(row, 'at_ms') > atMs)
  }
}

function newestFirst(one: SqlRow, other: SqlRow): number {
  return (
    numberAt(other, 'at_ms') - numberAt(one, 'at_ms') ||
    numberAt(other, 'sequence') - numberAt(one, 'sequence')
  )
}
