import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import type { Budget, BudgetWindow, RateLimits } from '../../exchange/account.ts'
import type { QueueTerms } from '../../exchange/cap.ts'
import { defined } from '../../kit/defined.ts'
import {
  isArray,
  isObject,
  parseJson,
  parseJsonObject,
  readNumber,
  readString,
  type Json,
} from '../../kit/json.ts'
import type { KeyRecord, KeyStore } from '../store.ts'
import { toInteger } from '../written-values.ts'
import { readOnlyTerms } from './only-terms.ts'
import { readCursor, toPage } from './page-cursor.ts'
import { clampLimit, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

const INSERT_KEY = `insert into keys (
  id, name, secret_hmac, project, models, operations, wishes, limits, budgets, created_at_ms, expires_at_ms, revoked_at_ms,
  only_terms, queue
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

/** Changes that are told one by one. */
const MOST_CHANGES = 1_000

/** Creates the store of virtual keys on a connection. Triggers of the schema keep the version. */
export function createKeyStore(database: Database, clock: Clock): KeyStore {
  return {
    create: (key) => whenFree(clock, () => insertKey(database, key)),
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
    revoke: (id, atMs) => whenFree(clock, () => revokeKey(database, id, atMs)),
    version: () => whenFree(clock, () => readVersion(database)),
    changedSince: (version) => whenFree(clock, () => readChanges(database, version)),
  }
}

function insertKey(database: Database, key: KeyRecord): void {
  database
    .query(INSERT_KEY)
    .run(
      key.id,
      key.name,
      key.secretHmac,
      key.project ?? null,
      key.models === undefined ? null : JSON.stringify(key.models),
      key.operations === undefined ? null : JSON.stringify(key.operations),
      JSON.stringify(key.allowedOptions),
      JSON.stringify(key.limits),
      budgetsToText(key.budgets),
      toInteger(key.createdAtMs),
      toInteger(key.expiresAtMs),
      toInteger(key.revokedAtMs),
      key.only === undefined ? null : JSON.stringify(key.only),
      key.queue === undefined ? null : JSON.stringify(key.queue),
    )
}

function readKey(database: Database, id: string): KeyRecord | undefined {
  const row = database.query<SqlRow, [string]>('select * from keys where id = ?').get(id)
  return row === null ? undefined : toKeyRecord(row)
}

function revokeKey(database: Database, id: string, atMs: number): boolean {
  const { changes } = database
    .query('update keys set revoked_at_ms = ? where id = ? and revoked_at_ms is null')
    .run(toInteger(atMs), id)
  return changes > 0 || database.query('select 1 from keys where id = ?').get(id) !== null
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

function toKeyRecord(row: SqlRow): KeyRecord {
  return {
    id: textAt(row, 'id'),
    name: textAt(row, 'name'),
    secretHmac: textAt(row, 'secret_hmac'),
    ...(isSet(row, 'project') ? { project: textAt(row, 'project') } : {}),
    ...(isSet(row, 'models') ? { models: toTexts(textAt(row, 'models')) } : {}),
    ...(isSet(row, 'operations') ? { operations: toTexts(textAt(row, 'operations')) } : {}),
    allowedOptions: toTexts(textAt(row, 'wishes')),
    ...(isSet(row, 'only_terms') ? { only: readOnlyTerms(textAt(row, 'only_terms')) } : {}),
    limits: toLimits(textAt(row, 'limits')),
    ...defined({ queue: toQueue(textAt(row, 'queue')) }),
    budgets: toBudgets(textAt(row, 'budgets')),
    createdAtMs: numberAt(row, 'created_at_ms'),
    ...(isSet(row, 'expires_at_ms') ? { expiresAtMs: numberAt(row, 'expires_at_ms') } : {}),
    ...(isSet(row, 'revoked_at_ms') ? { revokedAtMs: numberAt(row, 'revoked_at_ms') } : {}),
  }
}

/** Without terms that can be read, nobody waits. */
function toQueue(text: string): QueueTerms | undefined {
  const terms = parseJsonObject(text) ?? {}
  const max = readNumber(terms, 'max')
  const waitMs = readNumber(terms, 'waitMs')
  return max === undefined || waitMs === undefined ? undefined : { max, waitMs }
}

function toTexts(text: string): string[] {
  const value = parseJson(text)
  return isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

function toLimits(text: string): RateLimits {
  const limits = parseJsonObject(text) ?? {}
  const requestsPerMinute = readNumber(limits, 'requestsPerMinute')
  const tokensPerMinute = readNumber(limits, 'tokensPerMinute')
  const parallelRequests = readNumber(limits, 'parallelRequests')
  return {
    ...defined({ requestsPerMinute, tokensPerMinute, parallelRequests }),
  }
}

/** Amounts are written as decimal text: JSON numbers end at 2^53. */
function budgetsToText(budgets: readonly Budget[]): string {
  return JSON.stringify(
    budgets.map(({ window, limitNanoUsd }) => ({ window, limitNanoUsd: String(limitNanoUsd) })),
  )
}

function toBudgets(text: string): Budget[] {
  const value = parseJson(text)
  return isArray(value) ? value.flatMap(toBudget) : []
}

function toBudget(value: Json): Budget[] {
  if (!isObject(value)) return []
  const window = toWindow(readString(value, 'window'))
  const limit = readString(value, 'limitNanoUsd')
  return window === undefined || limit === undefined ? [] : [{ window, limitNanoUsd: BigInt(limit) }]
}

function toWindow(text: string | undefined): BudgetWindow | undefined {
  switch (text) {
    case 'hour':
    case 'day':
    case 'week':
    case 'month':
    case 'total':
      return text
    case undefined:
    default:
      return undefined
  }
}
