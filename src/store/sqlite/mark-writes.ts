import type { Database } from 'bun:sqlite'
import type { Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { MARKED_COLUMNS, markedValues, Marks } from './request-marks.ts'
import { createReach } from './series-reach.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** Marks of lines of the request log by blocks, on the writer's connection and within its transactions. */
export interface MarkWriter {
  /** Takes a line that was written at a place of the table. */
  take(row: readonly Json[], place: number): void
  /** Writes a block where enough lines have come. */
  keepUp(): void
  /** Marks a block of the lines that were there before; true where there were any. */
  catchUp(): boolean
  /** What was taken was not written after all. */
  forget(): void
}

/** Lines one after the other, the first place exclusive. */
interface Block {
  readonly after: number
  upto: number
  readonly marks: Marks
  fromMs: number
  toMs: number
}

const emptyBlock = (after: number): Block => ({
  after,
  upto: after,
  marks: new Marks(),
  fromMs: Number.MAX_SAFE_INTEGER,
  toMs: 0,
})

/** Prepares what marks lines. */
export function createMarkWriter(database: Database): MarkWriter {
  const reach = createReach(database)
  const put = database.query<unknown, [number, number, number, number, Uint8Array]>(
    `insert into request_marks values (?, ?, ?, ?, ?)
     on conflict do update set upto = excluded.upto, from_ms = excluded.from_ms, to_ms = excluded.to_ms, marks = excluded.marks`,
  )
  const bounds = database.query<SqlRow, []>(
    'select (select min(sequence) from requests) as oldest, (select max(sequence) from requests) as newest',
  )
  const readBlock = createReadBlock(database)
  const write = ({ after, upto, fromMs, toMs, marks }: Block): void =>
    void put.run(after, upto, fromMs, toMs, marks.pack())
  let taken: Block | undefined
  return {
    take(row, place) {
      if (taken?.upto !== place - 1) taken = emptyBlock(place - 1)
      addLine(taken, markedValues(row))
      taken.upto = place
      if (taken.upto - taken.after < LIMITS.markedRows) return
      // It stands behind the last block, or what was left out is read first.
      if (taken.after === reach.of('marks').upto) {
        write(taken)
        reach.move('marks', { ...reach.of('marks'), upto: taken.upto })
      }
      taken = undefined
    },
    keepUp() {
      const row = bounds.get()
      const { behind, upto } = reach.of('marks')
      if (row === null || taken === undefined || taken.after === upto) return
      // Lines that others wrote, or that were there at the start: a block of them, which may be short.
      const next = Math.min(numberAt(row, 'newest'), upto + LIMITS.markedRows)
      if (next > upto) write(readBlock(upto, next))
      reach.move('marks', { behind, upto: next })
      if (next === numberAt(row, 'newest')) taken = undefined
    },
    catchUp() {
      const { behind, upto } = reach.of('marks')
      const row = bounds.get()
      if (behind <= 0 || row === null) return false
      const oldest = numberAt(row, 'oldest')
      const after = Math.max(0, behind - LIMITS.markedRows)
      if (oldest > 0 && oldest <= behind) write(readBlock(after, behind))
      reach.move('marks', { behind: after < oldest ? 0 : after, upto })
      return true
    },
    forget() {
      taken = undefined
    },
  }
}

function createReadBlock(database: Database): (after: number, upto: number) => Block {
  const lines = database.query<SqlRow, [number, number]>(
    `select ${MARKED_COLUMNS.join(', ')} from requests where sequence > ? and sequence <= ?`,
  )
  return (after, upto) => {
    const block = emptyBlock(after)
    for (const row of lines.iterate(after, upto))
      addLine(
        block,
        MARKED_COLUMNS.map((name) => toJson(row[name])),
      )
    block.upto = upto
    return block
  }
}

function addLine(block: Block, values: readonly Json[]): void {
  const atMs = Number(values[0])
  block.fromMs = Math.min(block.fromMs, atMs)
  block.toMs = Math.max(block.toMs, atMs)
  block.marks.add(values)
}

function toJson(value: SqlRow[string] | undefined): Json {
  return typeof value === 'bigint' ? Number(value) : (value ?? null)
}
