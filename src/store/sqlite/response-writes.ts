import type { Database } from 'bun:sqlite'
import type { Json } from '../../kit/json.ts'
import { bytesOf, type ResponseRoom, type StoredResponse } from '../stored-responses.ts'
import { toName } from '../written-values.ts'
import { numberAt, type SqlRow } from './sql-values.ts'

/** Spells what is to be done with an answer, for the writer. */
export function putText(response: StoredResponse, room: ResponseRoom): string {
  const { owner, id, dialect, model, atMs, previousId, input, answer, holder } = response
  const meta = [owner, id, dialect, toName(model), Math.trunc(atMs), previousId ?? null]
  const held = [holder?.target ?? null, holder?.credential ?? null, bytesOf(response)]
  const bounds: Put['bounds'] = [room.ownerResponses, room.ownerBytes, room.responses, room.bytes]
  return JSON.stringify({ meta: [...meta, ...held], texts: [input, answer], bounds } satisfies Put)
}

/** Spells that an answer is to go. */
export function removeText(owner: string, id: string): string {
  return JSON.stringify({ removed: [owner, id] } satisfies Removal)
}

interface Put {
  readonly meta: readonly (string | number | null)[]
  readonly texts: readonly [input: string, answer: string]
  readonly bounds: readonly [ownerResponses: number, ownerBytes: number, responses: number, bytes: number]
}

interface Removal {
  readonly removed: readonly [owner: string, id: string]
}

const INSERT = `insert into responses (owner, id, dialect, model, at_ms, previous_id, target, credential, bytes, used_ms)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?5) returning sequence`

/** What was used so shortly before is not marked again: else each answer of a long conversation would write all those before it. */
const SAME_USE_MS = 600_000

/**
 * Marks everything that leads to an answer as used when the answer was given. What stands before one that was used of late was used
 * of late as well, so the way ends there.
 */
const TOUCH = `with recursive earlier (id, previous_id) as (
    select id, previous_id from responses where owner = ?1 and id = ?2 and used_ms < ?3 - ${SAME_USE_MS}
    union select further.id, further.previous_id from responses as further
      join earlier on further.owner = ?1 and further.id = earlier.previous_id
      where further.used_ms < ?3 - ${SAME_USE_MS}
  )
  update responses set used_ms = ?3 where owner = ?1 and id in (select id from earlier)`

/** How many go at once when there is no room. */
const GOING = 20

const GO_OF_OWNER = `delete from responses where sequence in
  (select sequence from responses where owner = ?1 and sequence <> ?2 order by used_ms, sequence limit ${GOING})`
const GO_OF_ALL = `delete from responses where sequence in
  (select sequence from responses where sequence <> ?1 order by used_ms, sequence limit ${GOING})`

/** Prepares a function that does, within a transaction, what `putText` and `removeText` have spelled. */
export function createResponseWrites(database: Database): (row: Json) => void {
  const remove = database.query<unknown, [string, string]>('delete from responses where owner = ? and id = ?')
  const insert = database.query<SqlRow, (string | number | null)[]>(INSERT)
  const insertTexts = database.query<unknown, [number, string, string]>(
    'insert into response_texts values (?, ?, ?)',
  )
  const touch = database.query<unknown, [string, string, number]>(TOUCH)
  const sums = database.query<SqlRow, [string]>('select responses, bytes from response_sums where owner = ?')
  const goOfOwner = database.query<unknown, [string, number]>(GO_OF_OWNER)
  const goOfAll = database.query<unknown, [number]>(GO_OF_ALL)

  const isOver = (owner: string, responses: number, bytes: number): boolean => {
    const row = sums.get(owner)
    return row !== null && (numberAt(row, 'responses') > responses || numberAt(row, 'bytes') > bytes)
  }
  const makeRoom = (owner: string, sequence: number, bounds: Put['bounds']): void => {
    const [ownerResponses, ownerBytes, responses, bytes] = bounds
    while (isOver(owner, ownerResponses, ownerBytes)) if (goOfOwner.run(owner, sequence).changes === 0) break
    while (isOver('', responses, bytes)) if (goOfAll.run(sequence).changes === 0) break
  }
  const put = ({ meta, texts, bounds }: Put): void => {
    const [owner, id, , , atMs, previousId] = meta
    remove.run(String(owner), String(id))
    const row = insert.get(...meta)
    const sequence = row === null ? 0 : numberAt(row, 'sequence')
    insertTexts.run(sequence, ...texts)
    if (typeof previousId === 'string') touch.run(String(owner), previousId, Number(atMs))
    makeRoom(String(owner), sequence, bounds)
  }
  return (row) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is spelled for this table
    const spelled = row as unknown as Put | Removal
    if ('removed' in spelled) remove.run(...spelled.removed)
    else put(spelled)
  }
}
