import type { Database } from 'bun:sqlite'
import { SCOPES, type Owner } from '../../exchange/owner.ts'
import type { Json } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { KeptValue, VaultRoom } from '../vault.ts'
import { toName } from '../written-values.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** A value as it travels to the writer: what is sealed in base64, the rest in the order of the insert. */
interface SpelledValue {
  readonly meta: readonly (string | number | null)[]
  readonly sealed: string
  readonly room: readonly [ownerRows: number, rows: number, bytes: number]
}

interface Removal {
  readonly column: string
  readonly is: string
}

/** Spells a value for the writer. */
export function valueText(value: KeptValue, room: VaultRoom): string {
  const { id, owner, place, owners, requestId, guardrail, atMs, endsMs, print, key, goesBack, sealed } = value
  const ids = SCOPES.map((scope) => owners[scope]).map((one) => (one === undefined ? null : toName(one)))
  const times = [Math.trunc(atMs), Math.trunc(endsMs)]
  return JSON.stringify({
    meta: [id, owner, place, ...ids, requestId, toName(guardrail), ...times, print, key, Number(goesBack)],
    sealed: Buffer.from(sealed).toString('base64'),
    room: [room.ownerRows, room.rows, room.bytes],
  } satisfies SpelledValue)
}

/** Spells that what was said last in a request is to go. */
export function removeSaidIn(requestId: string): string {
  return JSON.stringify({ column: 'request_id', is: requestId } satisfies Removal)
}

/** Spells that what is kept of an owner is to go. */
export function removeValuesOf({ scope, id }: Owner): string {
  return JSON.stringify({ column: OWNER_NAMES[scope], is: toName(id) } satisfies Removal)
}

const NAMES = `id, owner, place, ${SCOPES.map((scope) => OWNER_NAMES[scope]).join(', ')}, request_id, guardrail, at_ms, ends_ms,
  print, seal_key, goes_back, bytes, sealed`
/** Of two values under one id nobody could tell which is meant: neither stays, and their place is kept. */
const INSERT = `insert into vault (${NAMES}) values (${NAMES.split(',')
  .map(() => '?')
  .join(', ')})
  on conflict (id) do update set request_id = excluded.request_id, at_ms = excluded.at_ms,
    ends_ms = max(ends_ms, excluded.ends_ms), goes_back = max(goes_back, excluded.goes_back),
    sealed = case when print = excluded.print then excluded.sealed else zeroblob(0) end,
    print = case when print = excluded.print then print else '' end`

/** What a row takes beside what is sealed: its texts, and its places in six indexes. */
const ROW_BYTES = 600
/** How many go at once when there is no room. */
const GOING = 20
const GO_OF_OWNER = `delete from vault where id <> ?1 and sequence in
  (select sequence from vault where owner = ?2 order by at_ms, sequence limit ${GOING})`
const GO_OF_ALL = `delete from vault where id <> ?1 and sequence in
  (select sequence from vault order by sequence limit ${GOING})`

/** Prepares a function that does, within a transaction, what the others here have spelled. */
export function createVaultWrites(database: Database): (row: Json) => void {
  const insert = database.query<unknown, (string | number | null | Uint8Array)[]>(INSERT)
  const sums = database.query<SqlRow, [string]>('select rows, bytes from vault_sums where owner = ?')
  const goOfOwner = database.query<unknown, [string, string]>(GO_OF_OWNER)
  const goOfAll = database.query<unknown, [string]>(GO_OF_ALL)
  const isOver = (owner: string, rows: number, bytes: number): boolean => {
    const row = sums.get(owner)
    return row !== null && (numberAt(row, 'rows') > rows || numberAt(row, 'bytes') > bytes)
  }
  const put = ({ meta, sealed, room }: SpelledValue): void => {
    const [ownerRows, rows, bytes] = room
    const [id, owner] = [String(meta[0]), String(meta[1])]
    const packed = Buffer.from(sealed, 'base64')
    insert.run(...meta, packed.length + ROW_BYTES, packed)
    while (isOver(owner, ownerRows, bytes)) if (goOfOwner.run(id, owner).changes === 0) break
    while (isOver('', rows, bytes)) if (goOfAll.run(id).changes === 0) break
  }
  const remove = ({ column, is }: Removal): void => {
    // What somebody wants gone is written over, not only let go (https://www.sqlite.org/pragma.html#pragma_secure_delete).
    database.run('pragma secure_delete = on')
    database.run(`delete from vault where ${column} = ?`, [is])
    database.run('pragma secure_delete = off')
  }
  return (row) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is spelled for this table
    const spelled = row as unknown as SpelledValue | Removal
    if ('meta' in spelled) put(spelled)
    else remove(spelled)
  }
}

/** Prepares what removes a batch of values that have ended by a time; gives how many. */
export function createValuePrune(database: Database): (endsMs: number) => number {
  const remove = database.query<unknown, [number, number]>(
    'delete from vault where sequence in (select sequence from vault where ends_ms <= ? order by ends_ms limit ?)',
  )
  return (endsMs) => remove.run(endsMs, LIMITS.pruneRows).changes
}
