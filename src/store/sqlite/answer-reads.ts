import type { Database } from 'bun:sqlite'
import { SCOPES, type Owners, type Scope } from '../../exchange/owner.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, parseJson } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type {
  AnswerFilter,
  AnswerQuestion,
  AnswerReport,
  AnswerTotals,
  ListedAnswer,
} from '../answer-cache.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { SqlCondition } from './request-conditions.ts'
import { bigintAt, clampLimit, isSet, numberAt, selectAll, textAt, type SqlRow } from './sql-values.ts'

type SealedRow = SqlRow & { readonly sealed: never }

/** What is sealed under a key that has not ended. */
export function readAnswer(database: Database, key: string, nowMs: number): Uint8Array | undefined {
  const row = database
    .query<SealedRow, [string, number]>(
      `select sealed from answers join answer_texts using (sequence) where key = ? and ends_at_ms > ?`,
    )
    .get(key, Math.trunc(nowMs))
  return row === null ? undefined : row.sealed
}

/** How much of what is meant there is. */
export function readAnswerTotals(database: Database, which: AnswerFilter): AnswerTotals {
  const { sql, values } = meantSql(which)
  const [row] = selectAll(
    database,
    `select count(*) as entries, total(bytes) as bytes from answers where ${sql}`,
    values,
  )
  return row === undefined ? { entries: 0, bytes: 0 } : totalsOf(row)
}

/** What lies there of what is meant and has not ended. */
export function readAnswerReport(
  database: Database,
  { nowMs, limit, ...which }: AnswerQuestion,
): AnswerReport {
  const meant = meantSql(which)
  const sql = `ends_at_ms > ? and ${meant.sql}`
  const values = [Math.trunc(nowMs), ...meant.values]
  const sums = 'count(*) as entries, total(bytes) as bytes'
  const [totals] = selectAll(database, `select ${sums} from answers where ${sql}`, values)
  const routes = selectAll(
    database,
    `select route, ${sums} from answers where ${sql} group by 1 order by 3 desc, 1 limit ${LIMITS.cacheRoutes}`,
    values,
  )
  const answers = selectAll(
    database,
    `select * from answers where ${sql} order by hits desc, used_ms desc limit ?`,
    [...values, clampLimit(limit)],
  )
  return {
    totals: totals === undefined ? { entries: 0, bytes: 0 } : totalsOf(totals),
    routes: routes.map((row) => ({ route: textAt(row, 'route'), ...totalsOf(row) })),
    answers: answers.map(toListed),
  }
}

function totalsOf(row: SqlRow): AnswerTotals {
  return { entries: numberAt(row, 'entries'), bytes: numberAt(row, 'bytes') }
}

function toListed(row: SqlRow): ListedAnswer {
  const owners: { [S in Scope]?: string } = {}
  for (const scope of SCOPES)
    if (isSet(row, OWNER_NAMES[scope])) owners[scope] = textAt(row, OWNER_NAMES[scope])
  const tags = parseJson(textAt(row, 'tags'))
  return {
    key: textAt(row, 'key'),
    owner: textAt(row, 'owner'),
    owners: owners satisfies Owners,
    ...defined({
      requestId: isSet(row, 'request_id') ? textAt(row, 'request_id') : undefined,
      model: isSet(row, 'model') ? textAt(row, 'model') : undefined,
    }),
    route: textAt(row, 'route'),
    tags: isArray(tags) ? tags.map(String) : [],
    atMs: numberAt(row, 'at_ms'),
    freshUntilMs: numberAt(row, 'fresh_until_ms'),
    endsAtMs: numberAt(row, 'ends_at_ms'),
    costNanoUsd: bigintAt(row, 'cost_nano_usd'),
    hits: numberAt(row, 'hits'),
    usedMs: numberAt(row, 'used_ms'),
    bytes: numberAt(row, 'bytes'),
  }
}

/** The condition that answers fulfil which are meant. */
export function meantSql({ key, owner, request, route, model, tag }: AnswerFilter): SqlCondition {
  const parts: SqlCondition[] = []
  if (key !== undefined) parts.push({ sql: 'key = ?', values: [key] })
  if (owner !== undefined) parts.push(ownerSql(owner))
  if (request !== undefined) parts.push({ sql: 'request_id = ?', values: [request] })
  if (route !== undefined) parts.push({ sql: 'route = ?', values: [route] })
  if (model !== undefined) parts.push({ sql: 'model = ?', values: [model] })
  if (tag !== undefined)
    parts.push({ sql: 'exists (select 1 from json_each(tags) as tag where tag.value = ?)', values: [tag] })
  return {
    sql: parts.length === 0 ? 'true' : parts.map(({ sql }) => sql).join(' and '),
    values: parts.flatMap(({ values }) => values),
  }
}

function ownerSql(owner: string): SqlCondition {
  const scope = SCOPES.find((one) => owner.startsWith(`${one}:`))
  if (scope === undefined) return { sql: 'owner = ?', values: [owner] }
  return {
    sql: `(owner = ? or ${OWNER_NAMES[scope]} = ?)`,
    values: [owner, owner.slice(scope.length + 1)],
  }
}
