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
import type { EarlierSecret } from '../key-acts.ts'
import type { KeyRecord } from '../store.ts'
import { toInteger } from '../written-values.ts'
import { readOnlyTerms } from './only-terms.ts'
import { isSet, numberAt, textAt, type SqlRow, type SqlValue } from './sql-values.ts'

type Member = keyof KeyRecord

/** Where a member of a key is kept, and how it is written; nothing is written for what it does not have. */
type KeyColumns = {
  readonly [M in Member]-?: {
    readonly column: string
    readonly write: (value: NonNullable<KeyRecord[M]>) => SqlValue
  }
}

const asText = (value: string): SqlValue => value
const asJson = (value: object): SqlValue => JSON.stringify(value)

/** One entry for each member of a key: one without does not compile. */
const COLUMNS: KeyColumns = {
  id: { column: 'id', write: asText },
  name: { column: 'name', write: asText },
  secretHmac: { column: 'secret_hmac', write: asText },
  project: { column: 'project', write: asText },
  models: { column: 'models', write: asJson },
  operations: { column: 'operations', write: asJson },
  only: { column: 'only_terms', write: asJson },
  allowedOptions: { column: 'wishes', write: asJson },
  limits: { column: 'limits', write: asJson },
  queue: { column: 'queue', write: asJson },
  budgets: { column: 'budgets', write: budgetsToText },
  addresses: { column: 'addresses', write: asJson },
  earlier: { column: 'earlier', write: asJson },
  createdAtMs: { column: 'created_at_ms', write: toInteger },
  rotatedAtMs: { column: 'rotated_at_ms', write: toInteger },
  expiresAtMs: { column: 'expires_at_ms', write: toInteger },
  pausedAtMs: { column: 'paused_at_ms', write: toInteger },
  revokedAtMs: { column: 'revoked_at_ms', write: toInteger },
}

/** The columns that some members of a key are kept in, and what stands there; null for a member that is undefined. */
export function keyColumns(members: Partial<Readonly<Record<Member, unknown>>>): {
  readonly columns: readonly string[]
  readonly values: readonly SqlValue[]
} {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
  const names = Object.keys(members) as Member[]
  return {
    columns: names.map((name) => COLUMNS[name].column),
    values: names.map((name) => valueOf(name, members[name])),
  }
}

function valueOf(name: Member, value: unknown): SqlValue {
  const write: unknown = COLUMNS[name].write
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the compiler cannot pair a member with its own writer
  return value === undefined ? null : (write as (value: unknown) => SqlValue)(value)
}

/** A key as it was written. */
export function toKeyRecord(row: SqlRow): KeyRecord {
  return {
    id: textAt(row, 'id'),
    name: textAt(row, 'name'),
    secretHmac: textAt(row, 'secret_hmac'),
    allowedOptions: toTexts(textAt(row, 'wishes')),
    limits: toLimits(textAt(row, 'limits')),
    budgets: toBudgets(textAt(row, 'budgets')),
    createdAtMs: numberAt(row, 'created_at_ms'),
    ...defined({
      project: optional(row, 'project', textAt),
      models: optional(row, 'models', textsAt),
      operations: optional(row, 'operations', textsAt),
      only: optional(row, 'only_terms', (_, column) => readOnlyTerms(textAt(row, column))),
      queue: toQueue(textAt(row, 'queue')),
      addresses: optional(row, 'addresses', textsAt),
      earlier: toEarlier(textAt(row, 'earlier')),
      rotatedAtMs: optional(row, 'rotated_at_ms', numberAt),
      expiresAtMs: optional(row, 'expires_at_ms', numberAt),
      pausedAtMs: optional(row, 'paused_at_ms', numberAt),
      revokedAtMs: optional(row, 'revoked_at_ms', numberAt),
    }),
  }
}

function optional<Value>(
  row: SqlRow,
  column: string,
  read: (row: SqlRow, column: string) => Value,
): Value | undefined {
  return isSet(row, column) ? read(row, column) : undefined
}

/** What cannot be read is an empty list, which lets nothing in: a key must not reach more than it was made for. */
function textsAt(row: SqlRow, column: string): string[] {
  return toTexts(textAt(row, column))
}

function toTexts(text: string): string[] {
  const value = parseJson(text)
  return isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** A secret that cannot be read is taken from nobody. */
function toEarlier(text: string): EarlierSecret | undefined {
  const value = parseJsonObject(text) ?? {}
  const secretHmac = readString(value, 'secretHmac')
  const untilMs = readNumber(value, 'untilMs')
  return secretHmac === undefined || untilMs === undefined ? undefined : { secretHmac, untilMs }
}

/** Without terms that can be read, nobody waits. */
function toQueue(text: string): QueueTerms | undefined {
  const terms = parseJsonObject(text) ?? {}
  const max = readNumber(terms, 'max')
  const waitMs = readNumber(terms, 'waitMs')
  return max === undefined || waitMs === undefined ? undefined : { max, waitMs }
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
