import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import type { KeyAct } from '../key-acts.ts'
import type { KeyChanges, KeyRecord, KeyStore } from '../store.ts'
import { toInteger } from '../written-values.ts'
import { readActs, writeAct } from './key-acts.ts'
import { keyColumns, toKeyRecord } from './key-row.ts'
import { readCursor, toPage } from './page-cursor.ts'
import type { RowReader } from './reads.ts'
import { clampLimit, numberAt, textAt, type SqlRow, type SqlValue } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/** Changes that are told one by one. */
const MOST_CHANGES = 1_000

/** Creates the store of virtual keys on a connection. Triggers of the schema keep the version. */
export function createKeyStore(database: Database, reader: RowReader, clock: Clock): KeyStore {
  const create = database.transaction((key: KeyRecord, act?: KeyAct) => {
    insertKey(database, key)
    if (act !== undefined) writeAct(database, key.id, act)
  })
  const change = database.transaction((id: string, { changes, act, whose }: Change): boolean => {
    const hasChanged = changeKey(database, id, { changes, whose })
    if (hasChanged) writeAct(database, id, act)
    return hasChanged
  })
  const revoke = database.transaction((id: string, atMs: number, act?: KeyAct): boolean => {
    const revoked = revokeKey(database, id, atMs)
    if (revoked && act !== undefined) writeAct(database, id, act)
    return revoked || database.query('select 1 from keys where id = ?').get(id) !== null
  })
  return {
    create: (key, act) => whenFree(clock, () => create.immediate(key, act)),
    find: (id) => whenFree(clock, () => readKey(database, id)),
    async list(query) {
      const { atMs, sequence } = readCursor(query.after)
      const limit = clampLimit(query.limit)
      const rows = await whenFree(clock, () =>
        database
          .query<SqlRow, [number, number, number]>(
            `select * from keys where (created_at_ms, sequence) < (?, ?)
             order by created_at_ms desc, sequence desc limit ?`,
          )
          .all(atMs, sequence, limit + 1),
      )
      return toPage(rows, limit, { timeColumn: 'created_at_ms', decode: toKeyRecord })
    },
    change: (id, changes, { act, whose }) =>
      whenFree(clock, () => change.immediate(id, { changes, act, whose })),
    revoke: (id, atMs, act) => whenFree(clock, () => revoke.immediate(id, atMs, act)),
    acts: (id) => whenFree(clock, () => readActs(database, id)),
    uses: (ids) => reader.read('keyUses', ids),
    version: () => whenFree(clock, () => readVersion(database)),
    changedSince: (version) => whenFree(clock, () => readChanges(database, version)),
  }
}

interface Change {
  readonly changes: KeyChanges
  readonly act: KeyAct
  readonly whose: string | undefined
}

function insertKey(database: Database, key: KeyRecord): void {
  const { columns, values } = keyColumns(key)
  const places = columns.map(() => '?').join(', ')
  database
    .query<unknown, SqlValue[]>(`insert into keys (${columns.join(', ')}) values (${places})`)
    .run(...values)
}

function changeKey(database: Database, id: string, { changes, whose }: Omit<Change, 'act'>): boolean {
  const { columns, values } = keyColumns(changes)
  const { changes: rows } = database
    .query<unknown, SqlValue[]>(
      `update keys set ${columns.map((column) => `${column} = ?`).join(', ')}
       where id = ? and revoked_at_ms is null and secret_hmac = coalesce(?, secret_hmac)`,
    )
    .run(...values, id, whose ?? null)
  return rows > 0
}

function readKey(database: Database, id: string): KeyRecord | undefined {
  const row = database.query<SqlRow, [string]>('select * from keys where id = ?').get(id)
  return row === null ? undefined : toKeyRecord(row)
}

function revokeKey(database: Database, id: string, atMs: number): boolean {
  const { changes } = database
    .query('update keys set revoked_at_ms = ? where id = ? and revoked_at_ms is null')
    .run(toInteger(atMs), id)
  return changes > 0
}

function readVersion(database: Database): number {
  const row = database.query<SqlRow, []>('select version from key_version').get()
  return row === null ? 0 : numberAt(row, 'version')
}

function readChanges(database: Database, version: number): readonly string[] | undefined {
  const newest = readVersion(database)
  const rows = database
    .query<SqlRow, [number, number]>(
      'select key_id from key_changes where version > ? order by version limit ?',
    )
    .all(version, MOST_CHANGES + 1)
  // Each change is a version: fewer rows than versions mean that some are not remembered any more.
  const isWhole = rows.length >= newest - version && rows.length <= MOST_CHANGES
  return isWhole ? rows.map((row) => textAt(row, 'key_id')) : undefined
}
