import type { Database } from 'bun:sqlite'
import { SCOPES, type Owner } from '../../exchange/owner.ts'
import type { Json } from '../../kit/json.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { SpelledContent } from '../spell-content.ts'

interface Removal {
  readonly atMs: number
  readonly request?: string
  readonly owner?: readonly [column: string, id: string]
}

/** Spells that what was said in a request is to go. */
export function removeContent(request: string, atMs: number): string {
  return JSON.stringify({ atMs: Math.trunc(atMs), request } satisfies Removal)
}

/** Spells that what was said is to go of all requests of an owner. */
export function removeContentOf({ scope, id }: Owner, atMs: number): string {
  return JSON.stringify({ atMs: Math.trunc(atMs), owner: [OWNER_NAMES[scope], id] } satisfies Removal)
}

const INSERT = `insert or ignore into contents
  (request_id, at_ms, keep, ${SCOPES.map((scope) => OWNER_NAMES[scope]).join(', ')}, bytes, body)
  values (?, ?, ?, ${SCOPES.map(() => '?').join(', ')}, ?, ?)`

/** What such a row takes beside its body: its texts, and its places in two indexes. */
const ROW_BYTES = 200
const REMOVE = `update contents set body = null, removed_ms = ?, bytes = ${ROW_BYTES} where body is not null and`

/** Prepares a function that does, within a transaction, what the others here have spelled, and `spellContent`. */
export function createContentWrites(database: Database): (row: Json) => void {
  const insert = database.query<unknown, (string | number | null | Uint8Array)[]>(INSERT)
  const put = ({ meta, body }: SpelledContent): void => {
    const bytes = Buffer.from(body, 'base64')
    insert.run(...meta, bytes.length + ROW_BYTES, bytes)
  }
  const remove = ({ atMs, request, owner }: Removal): void => {
    // What somebody wants gone is written over, not only let go (https://www.sqlite.org/pragma.html#pragma_secure_delete).
    database.run('pragma secure_delete = on')
    if (request !== undefined) database.run(`${REMOVE} request_id = ?`, [atMs, request])
    else if (owner !== undefined) database.run(`${REMOVE} ${owner[0]} = ?`, [atMs, owner[1]])
    database.run('pragma secure_delete = off')
  }
  return (row) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is spelled for this table
    const spelled = row as unknown as SpelledContent | Removal
    if ('body' in spelled) put(spelled)
    else remove(spelled)
  }
}
