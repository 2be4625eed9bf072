import type { Database } from 'bun:sqlite'
import type { Owner } from '../../exchange/owner.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { FoundValue, FoundValues, VaultQuestion } from '../vault.ts'
import { toName } from '../written-values.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'

type ValueSqlRow = SqlRow & { readonly sealed: never }

const COLUMNS = 'id, place, guardrail, goes_back, sealed'

function toFound(row: ValueSqlRow): FoundValue {
  return {
    id: textAt(row, 'id'),
    place: textAt(row, 'place'),
    guardrail: textAt(row, 'guardrail'),
    goesBack: numberAt(row, 'goes_back') === 1,
    sealed: row.sealed,
  }
}

/** Values of an owner under some ids. */
export function readValues(database: Database, { owner, ids, key, nowMs }: VaultQuestion): FoundValues {
  const find = database.query<ValueSqlRow, [string, string, number]>(
    `select ${COLUMNS} from vault where id = ? and owner = ? and ends_ms > ?`,
  )
  const values = ids.flatMap((id) => find.get(id, owner, nowMs) ?? []).map(toFound)
  return { values, hasForeign: values.length < ids.length && hasForeign(database, owner, key) }
}

/** Values that stand for places, whoever has said them; of several the one that was said last. */
export function readValuesAt(
  database: Database,
  places: readonly string[],
  nowMs: number,
): readonly FoundValue[] {
  const find = database.query<ValueSqlRow, [string, number]>(
    `select ${COLUMNS} from vault where place = ? and ends_ms > ? order by at_ms desc limit 1`,
  )
  return places.flatMap((place) => find.get(place, nowMs) ?? []).map(toFound)
}

function hasForeign(database: Database, owner: string, key: string): boolean {
  const sql = 'select 1 from vault where owner = ? and seal_key <> ? limit 1'
  return database.query<SqlRow, [string, string]>(sql).get(owner, key) !== null
}

/** Is a value kept of an owner that has not ended? */
export function readHolds(database: Database, owner: string, nowMs: number): boolean {
  const sql = 'select 1 from vault where owner = ? and ends_ms > ? limit 1'
  return database.query<SqlRow, [string, number]>(sql).get(owner, nowMs) !== null
}

/** How many values were said last in a request. */
export function countSaidIn(database: Database, requestId: string): number {
  return count(database, 'request_id', requestId)
}

/** How many values are kept of an owner. */
export function countValuesOf(database: Database, { scope, id }: Owner): number {
  return count(database, OWNER_NAMES[scope], toName(id))
}

function count(database: Database, column: string, is: string): number {
  const row = database
    .query<SqlRow, [string]>(`select count(*) as kept from vault where ${column} = ?`)
    .get(is)
  return row === null ? 0 : numberAt(row, 'kept')
}
