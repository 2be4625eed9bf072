import type { Database } from 'bun:sqlite'
import { SCOPES } from '../../exchange/owner.ts'
import type { Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { AnswerFilter } from '../answer-cache.ts'
import type { AnswerRoom, AnswerUse, SealedAnswer } from '../kept-answers.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import { toAmount, toName } from '../written-values.ts'
import { meantSql } from './answer-reads.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

interface Put {
  readonly meta: readonly (string | number | null)[]
  /** In base64. */
  readonly sealed: string
  readonly room: readonly [entries: number, bytes: number]
}

interface Use {
  readonly used: readonly [hits: number, atMs: number, key: string]
}

interface Purge {
  readonly purge: AnswerFilter
}

const COLUMNS = [
  'key',
  'owner',
  ...SCOPES.map((scope) => OWNER_NAMES[scope]),
  'request_id',
  'route',
  'model',
  'tags',
  'at_ms',
  'fresh_until_ms',
  'ends_at_ms',
  'cost_nano_usd',
  'used_ms',
  'hits',
] as const

const AT = COLUMNS.indexOf('at_ms')

/** What a row takes beside what is sealed: its texts, and its places in three indexes. */
const ROW_BYTES = 700

/** Spells an answer for the writer. */
export function answerText({ facts, sealed }: SealedAnswer, room: AnswerRoom): string {
  const { owners = {}, atMs } = facts
  return JSON.stringify({
    meta: [
      facts.key,
      toName(facts.owner),
      ...SCOPES.map((scope) => owners[scope] ?? null),
      facts.requestId ?? null,
      toName(facts.route),
      facts.model ?? null,
      JSON.stringify(facts.tags),
      Math.trunc(atMs),
      Math.trunc(facts.freshUntilMs),
      Math.min(Math.trunc(facts.endsAtMs), Number.MAX_SAFE_INTEGER),
      toAmount(facts.costNanoUsd),
      Math.trunc(atMs),
      0,
    ],
    sealed: Buffer.from(sealed).toString('base64'),
    room: [room.entries, Math.min(room.bytes, Number.MAX_SAFE_INTEGER)],
  } satisfies Put)
}

/** Spells that an answer was used. */
export function useText({ key, hits, atMs }: AnswerUse): string {
  return JSON.stringify({ used: [hits, Math.trunc(atMs), key] } satisfies Use)
}

/** Spells that some of the answers that are meant are to go. */
export function purgeText(which: AnswerFilter): string {
  return JSON.stringify({ purge: which } satisfies Purge)
}

const INSERT = `insert or ignore into answers (${COLUMNS.join(', ')}, bytes)
  values (${COLUMNS.map(() => '?').join(', ')}, ?) returning sequence`

/** How many go at once when there is no room. */
const GOING = 20
const GO = `delete from answers where sequence in
  (select sequence from answers where sequence <> ? order by used_ms, sequence limit ${GOING})`

/** Prepares a function that does, within a transaction, what the others here have spelled. */
export function createAnswerWrites(database: Database): (row: Json) => void {
  // What was given before what lies there was compressed for longer, and comes too late; long before, the clock was set right.
  const remove = database.query<unknown, [string, number, number]>(
    'delete from answers where key = ? and (at_ms <= ? or at_ms > ?)',
  )
  const insert = database.query<SqlRow, (string | number | null)[]>(INSERT)
  const insertText = database.query<unknown, [number, Uint8Array]>('insert into answer_texts values (?, ?)')
  const touch = database.query<unknown, [number, number, string]>(
    'update answers set hits = hits + ?, used_ms = max(used_ms, ?) where key = ?',
  )
  const sums = database.query<SqlRow, []>('select answers, bytes from answer_sums')
  const go = database.query<unknown, [number]>(GO)
  const isOver = ([entries, bytes]: Put['room']): boolean => {
    const row = sums.get()
    return row !== null && (numberAt(row, 'answers') > entries || numberAt(row, 'bytes') > bytes)
  }
  const put = ({ meta, sealed, room }: Put): void => {
    const atMs = Number(meta[AT])
    remove.run(String(meta[0]), atMs, atMs + LIMITS.cacheAheadMs)
    const bytes = Buffer.from(sealed, 'base64')
    const row = insert.get(...meta, bytes.length + ROW_BYTES)
    if (row === null) return
    const sequence = numberAt(row, 'sequence')
    insertText.run(sequence, bytes)
    while (isOver(room)) if (go.run(sequence).changes === 0) break
  }
  return (row) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is spelled for this table
    const spelled = row as unknown as Put | Use | Purge
    if ('meta' in spelled) put(spelled)
    else if ('used' in spelled) touch.run(...spelled.used)
    else purge(database, spelled.purge)
  }
}

function purge(database: Database, which: AnswerFilter): void {
  const { sql, values } = meantSql(which)
  // What somebody wants gone is written over, not only let go (https://www.sqlite.org/pragma.html#pragma_secure_delete).
  database.run('pragma secure_delete = on')
  database.run(
    `delete from answers where sequence in (select sequence from answers where ${sql} limit ${LIMITS.cachePurged})`,
    [...values],
  )
  database.run('pragma secure_delete = off')
}
