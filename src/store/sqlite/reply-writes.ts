import type { Database } from 'bun:sqlite'
import type { Json } from '../../kit/json.ts'
import type { KeptReply, ReplyRoom } from '../kept-replies.ts'
import { isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** A reply as it travels to the writer: its bytes in base64. */
interface SpelledReply {
  readonly meta: readonly [id: string, owner: string, atMs: number, print: string]
  readonly sealed: string
  readonly room: readonly [ownerReplies: number, ownerBytes: number, replies: number, bytes: number]
}

/** Spells a reply for the writer. */
export function replyText({ id, owner, atMs, print, sealed }: KeptReply, room: ReplyRoom): string {
  return JSON.stringify({
    meta: [id, owner, Math.trunc(atMs), print],
    sealed: Buffer.from(sealed).toString('base64'),
    room: [room.ownerReplies, room.ownerBytes, room.replies, room.bytes],
  } satisfies SpelledReply)
}

/** What a row takes beside its bytes: its texts, and its places in three indexes. */
const ROW_BYTES = 500
const INSERT = 'insert into replies (id, owner, at_ms, print, bytes, sealed) values (?, ?, ?, ?, ?, ?)'
/** How many go at once when there is no room. */
const GOING = 20
const GO_OF_OWNER = `delete from replies where id <> ?1 and sequence in
  (select sequence from replies where owner = ?2 order by sequence limit ${GOING})`
const GO_OF_ALL = `delete from replies where id <> ?1 and sequence in
  (select sequence from replies order by sequence limit ${GOING})`

/** Prepares a function that keeps, within a transaction, what `replyText` has spelled, and makes room for it. */
export function createReplyWrites(database: Database): (row: Json) => void {
  const remove = database.query<unknown, [string]>('delete from replies where id = ?')
  const insert = database.query<unknown, (string | number | Uint8Array)[]>(INSERT)
  const sums = database.query<SqlRow, [string]>('select replies, bytes from reply_sums where owner = ?')
  const goOfOwner = database.query<unknown, [string, string]>(GO_OF_OWNER)
  const goOfAll = database.query<unknown, [string]>(GO_OF_ALL)
  const isOver = (owner: string, replies: number, bytes: number): boolean => {
    const row = sums.get(owner)
    return row !== null && (numberAt(row, 'replies') > replies || numberAt(row, 'bytes') > bytes)
  }
  return (row) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is spelled for this table
    const { meta, sealed, room } = row as unknown as SpelledReply
    const [id, owner] = meta
    const [ownerReplies, ownerBytes, replies, bytes] = room
    const packed = Buffer.from(sealed, 'base64')
    remove.run(id)
    insert.run(...meta, packed.length + ROW_BYTES, packed)
    while (isOver(owner, ownerReplies, ownerBytes)) if (goOfOwner.run(id, owner).changes === 0) break
    while (isOver('', replies, bytes)) if (goOfAll.run(id).changes === 0) break
  }
}

type ReplySqlRow = SqlRow & { readonly sealed: never }

/** A reply; undefined where none is kept, or it is from before a time. */
export function readReply(database: Database, id: string, sinceMs: number): KeptReply | undefined {
  const row = database
    .query<ReplySqlRow, [string, number]>('select * from replies where id = ? and at_ms >= ?')
    .get(id, sinceMs)
  if (row === null || !isSet(row, 'sealed')) return undefined
  return {
    id,
    owner: textAt(row, 'owner'),
    atMs: numberAt(row, 'at_ms'),
    print: textAt(row, 'print'),
    sealed: row.sealed,
  }
}
