import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, parseJson } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import {
  VERSION_MAKERS,
  VERSION_STATES,
  type ConfigVersion,
  type NewVersion,
  type SealedTexts,
  type StoredSecret,
  type VersionState,
} from '../releases.ts'
import type { ReleaseStore } from '../store.ts'
import { readCursor, toPage } from './page-cursor.ts'
import { clampLimit, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/** Everything but the texts, which are long. */
const COLUMNS =
  'number, number as sequence, at_ms, made_by, author, comment, of_number, hash, changes, left_out, state, verdict, trial'

type Whole = ConfigVersion & SealedTexts

/** Creates the store of versions of the configuration on a connection. */
export function createReleaseStore(database: Database, clock: Clock): ReleaseStore {
  const add = database.transaction((version: NewVersion): ConfigVersion => addVersion(database, version))
  const setState = database.transaction((number: number, state: VersionState, verdict?: string): void => {
    if (state === 'in-force') endTheOneInForce(database, 'replaced')
    database
      .query('update config_versions set state = ?, verdict = ? where number = ?')
      .run(state, verdict ?? null, number)
  })
  const setSecret = database.transaction((secret: StoredSecret): boolean => keepSecret(database, secret))
  return {
    add: (version) => whenFree(clock, () => add.immediate(version)),
    newest: (state) =>
      whenFree(clock, () => {
        const row = database
          .query<SqlRow, [string]>(
            `select ${COLUMNS} from config_versions where state = ? order by number desc limit 1`,
          )
          .get(state)
        return row === null ? undefined : withTexts(database, toVersion(row))
      }),
    find: (number) =>
      whenFree(clock, () => {
        const version = findVersion(database, number)
        return version === undefined ? undefined : withTexts(database, version)
      }),
    async list({ limit: wanted, after }) {
      const { sequence } = readCursor(after)
      const limit = clampLimit(wanted)
      const rows = await whenFree(clock, () =>
        database
          .query<SqlRow, [number, number]>(
            `select ${COLUMNS} from config_versions where number < ? order by number desc limit ?`,
          )
          .all(sequence, limit + 1),
      )
      return toPage(rows, limit, { timeColumn: 'at_ms', decode: toVersion })
    },
    setState: (number, state, verdict) => whenFree(clock, () => setState.immediate(number, state, verdict)),
    secrets: () => whenFree(clock, () => readSecrets(database)),
    setSecret: (secret) => whenFree(clock, () => setSecret.immediate(secret)),
    removeSecret: (name) =>
      whenFree(
        clock,
        () => database.query('delete from stored_secrets where name = ?').run(name).changes > 0,
      ),
  }
}

function addVersion(database: Database, version: NewVersion): ConfigVersion {
  if (version.state === 'in-force') endTheOneInForce(database, version.before ?? 'replaced')
  const { lastInsertRowid } = database
    .query(
      `insert into config_versions (at_ms, made_by, author, comment, of_number, hash, changes, left_out, state, trial, seen,
         file_text, managed_text) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      Math.trunc(version.atMs),
      version.by,
      version.author ?? null,
      version.comment ?? null,
      version.of ?? null,
      version.hash,
      JSON.stringify(version.changes),
      version.leftOut ?? null,
      version.state,
      version.trial ?? null,
      version.seen,
      version.file ?? null,
      version.managed,
    )
  const number = Number(lastInsertRowid)
  forgetOld(database, number)
  const { file: _file, managed: _managed, seen: _seen, before: _before, ...told } = version
  return { ...told, number }
}

function endTheOneInForce(database: Database, state: VersionState): void {
  database.query("update config_versions set state = ? where state = 'in-force'").run(state)
}

/** The oldest go beyond so many, and beyond so many bytes. */
function forgetOld(database: Database, newest: number): void {
  database
    .query("delete from config_versions where number <= ? and state not in ('in-force', 'tried')")
    .run(newest - LIMITS.configVersions)
  database
    .query(
      `delete from config_versions where state not in ('in-force', 'tried') and number in (
         select number from (
           select number, sum(length(managed_text) + coalesce(length(file_text), 0)) over (order by number desc) as bytes
           from config_versions
         ) where bytes > ?
       )`,
    )
    .run(LIMITS.configVersionBytes)
}

function findVersion(database: Database, number: number): ConfigVersion | undefined {
  const row = database
    .query<SqlRow, [number]>(`select ${COLUMNS} from config_versions where number = ?`)
    .get(number)
  return row === null ? undefined : toVersion(row)
}

interface TextRow {
  readonly file_text: Uint8Array | null
  readonly managed_text: Uint8Array
  readonly seen: string
}

function withTexts(database: Database, version: ConfigVersion): Whole | undefined {
  const row = database
    .query<TextRow, [number]>('select file_text, managed_text, seen from config_versions where number = ?')
    .get(version.number)
  if (row === null) return undefined
  const { file_text: file, managed_text: managed, seen } = row
  return { ...version, managed, seen, ...(file === null ? {} : { file }) }
}

function toVersion(row: SqlRow): ConfigVersion {
  const text = (column: string): string | undefined => (isSet(row, column) ? textAt(row, column) : undefined)
  const changes = parseJson(textAt(row, 'changes'))
  return {
    number: numberAt(row, 'number'),
    atMs: numberAt(row, 'at_ms'),
    by: VERSION_MAKERS.find((maker) => maker === textAt(row, 'made_by')) ?? 'file',
    hash: textAt(row, 'hash'),
    changes: isArray(changes) ? changes.filter((change) => typeof change === 'string') : [],
    state: VERSION_STATES.find((state) => state === textAt(row, 'state')) ?? 'replaced',
    ...defined({
      author: text('author'),
      comment: text('comment'),
      of: isSet(row, 'of_number') ? numberAt(row, 'of_number') : undefined,
      leftOut: text('left_out'),
      verdict: text('verdict'),
      trial: text('trial'),
    }),
  }
}

function keepSecret(database: Database, { name, atMs, sealed }: StoredSecret): boolean {
  const others = database
    .query<SqlRow, [string]>('select count(*) as others from stored_secrets where name <> ?')
    .get(name)
  if (others !== null && numberAt(others, 'others') >= LIMITS.storedSecrets) return false
  database
    .query(
      `insert into stored_secrets values (?, ?, ?)
       on conflict (name) do update set at_ms = excluded.at_ms, sealed = excluded.sealed`,
    )
    .run(name, Math.trunc(atMs), sealed)
  return true
}

interface SecretRow {
  readonly name: string
  readonly at_ms: bigint
  readonly sealed: Uint8Array
}

function readSecrets(database: Database): StoredSecret[] {
  return database
    .query<SecretRow, []>('select name, at_ms, sealed from stored_secrets order by name')
    .all()
    .map(({ name, at_ms: atMs, sealed }) => ({ name, atMs: Number(atMs), sealed }))
}
