import type { Database } from 'bun:sqlite'
import type { Owner } from '../../exchange/owner.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { FoundValue, FoundValues, VaultQuestion } from '../vault.ts'
import { toName } from '../written-values.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'

type ValueSqlRow = SqlRow & { readonly sealed: never }

/** Values of an owner under some ids. */
export function readValues(database: Database, { owner, ids, key, nowMs }: VaultQuestion): FoundValues {
  const find = database.query<ValueSqlRow, [string, string, number]>(
    'select id, guardrail, ends_ms, goes_back, sealed from vault where id = ? and owner = ? and ends_ms > ?',
  )
  const values: FoundValue[] = []
  for (const id of ids) {
    const row = find.get(id, owner, nowMs)
    if (row === null) continue
    values.push({
      id,
      guardrail: textAt(row, 'guardrail'),
      endsMs: numberAt(row, 'ends_ms'),
      goesBack: numberAt(row, 'goes_back') === 1,
      sealed: row.sealed,
    })
  }
  return { values, hasForeign: values.length < ids.length && hasForeign(database, owner, key) }
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
