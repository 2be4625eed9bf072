import { Database } from 'bun:sqlite'
import type { Column } from '../columns.ts'
import { LEDGER_COLUMNS } from '../ledger-text.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'
import { SHADOW_COLUMNS } from '../shadow-text.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'
import { SCHEMA } from './schema.ts'
import { UNIT_SUMS } from './usage-hours.ts'

/** The file was written by a newer Gatehouse, or cannot be brought to this one's schema. */
export class SchemaError extends Error {}

/** How long a statement waits for another connection's lock, and its thread with it: at the start, and in threads of the store. */
const BUSY_TIMEOUT_MS = 5_000

/** Pages that a connection may keep in memory. Indexes of a large log are entered at many places, and each page is read again where none is kept. */
const CACHE_KIB = 16 * 1024
/** Pages of the write-ahead log (32 MB) before they are copied to their places: those that every batch changes are copied once. */
const CHECKPOINT_PAGES = 4_000

/**
 * Opens (or creates) a database file and brings it to this version's schema. Every connection reads integers as `bigint`,
 * because amounts exceed 2^53 (https://bun.sh/docs/api/sqlite#safeintegers). Throws SchemaError for a newer schema.
 *
 * `synchronous = full`: a committed ledger row must be on disk, since its record in the journal is deleted afterwards.
 *
 * @param path a file, or `:memory:`
 */
export function openDatabase(path: string, migrations: readonly Migration[] = MIGRATIONS): Database {
  const database = connectDatabase(path)
  try {
    migrate(database, migrations)
    checkColumns(database)
    addUnits(database)
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/** A further connection to a file that `openDatabase` has prepared. */
export function connectDatabase(path: string): Database {
  const database = new Database(path, { create: true, readwrite: true, strict: true, safeIntegers: true })
  database.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  if (isNew(database)) {
    // Batches write whole pages, with a checksum each; twice the usual size costs a seventh less.
    database.run('pragma page_size = 8192')
    // So that the file can become smaller again. In one that is there this would be a write, and wait for the lock of whoever writes.
    database.run('pragma auto_vacuum = incremental')
  }
  database.run('pragma journal_mode = wal')
  database.run('pragma synchronous = full')
  database.run('pragma temp_store = memory')
  database.run(`pragma cache_size = ${-CACHE_KIB}`)
  database.run(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
  return database
}

function isNew(database: Database): boolean {
  const [row] = database.query('pragma page_count').values()
  return Number(row?.[0] ?? 0) === 0
}

function migrate(database: Database, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0
  if (schemaVersion(database) === newest) return
  const apply = database.transaction(() => {
    const current = schemaVersion(database)
    if (current > newest) {
      throw new SchemaError(
        `the database has schema ${current}, this version knows up to ${newest}: it was written by a newer Gatehouse. ` +
          'Run that version, or restore the backup made before the upgrade.',
      )
    }
    if (current === 0) database.run(SCHEMA)
    const reached = schemaVersion(database)
    for (const { version, sql } of migrations) {
      if (version <= reached) continue
      database.run(sql)
      database.run(`pragma user_version = ${version}`)
    }
  })
  apply.immediate()
}

/** A file may bear the number of a schema that it does not have: of a build between two versions, or changed by hand. */
function checkColumns(database: Database): void {
  const tables: readonly [string, readonly Column[]][] = [
    ['ledger', LEDGER_COLUMNS],
    ['requests', REQUEST_COLUMNS],
    ['shadows', SHADOW_COLUMNS],
  ]
  for (const [table, columns] of tables) {
    const present = columnsIn(database, table)
    const missing = columns.find(({ name }) => !present.has(name))
    if (missing === undefined) continue
    throw new SchemaError(
      `its table ${table} lacks the column ${missing.name}, so it was written by no released Gatehouse or changed since. ` +
        'Restore a backup, or move the file away to begin with an empty one.',
    )
  }
}

/** Gives the sums of hours a column for every unit that they lack: what came before it used none of it. */
export function addUnits(database: Database): void {
  if (missingUnits(database).length === 0) return
  const add = database.transaction(() => {
    for (const unit of missingUnits(database))
      database.run(`alter table usage_hours add column ${unit} integer not null default 0`)
  })
  add.immediate()
}

function missingUnits(database: Database): readonly string[] {
  const present = columnsIn(database, 'usage_hours')
  return UNIT_SUMS.filter((unit) => !present.has(unit))
}

function columnsIn(database: Database, table: string): ReadonlySet<unknown> {
  return new Set(database.query(`select name from pragma_table_info('${table}')`).values().flat())
}

function schemaVersion(database: Database): number {
  const [row] = database.query('pragma user_version').values()
  return Number(row?.[0] ?? 0)
}
