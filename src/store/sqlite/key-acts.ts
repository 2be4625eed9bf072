import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { KEY_ACTS, type KeyAct, type KeyUse } from '../key-acts.ts'
import { isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** Takes down what was done to a key. */
export function writeAct(database: Database, id: string, { atMs, what, via, by, detail }: KeyAct): void {
  database
    .query('insert into key_acts (key_id, at_ms, what, via, given_by, detail) values (?, ?, ?, ?, ?, ?)')
    .run(id, Math.trunc(atMs), what, via, by ?? null, detail)
}

/** What was done to a key, the latest first. */
export function readActs(database: Database, id: string): readonly KeyAct[] {
  return database
    .query<SqlRow, [string, number]>('select * from key_acts where key_id = ? order by sequence desc limit ?')
    .all(id, LIMITS.keyActs)
    .flatMap(toAct)
}

/** A word that this version does not know makes it none. */
function toAct(row: SqlRow): KeyAct[] {
  const what = KEY_ACTS.find((known) => known === textAt(row, 'what'))
  if (what === undefined) return []
  return [
    {
      atMs: numberAt(row, 'at_ms'),
      what,
      via: textAt(row, 'via') === 'cli' ? 'cli' : 'api',
      detail: textAt(row, 'detail'),
      ...defined({ by: isSet(row, 'given_by') ? textAt(row, 'given_by') : undefined }),
    },
  ]
}

/**
 * When keys were last used: of those in the newest lines of the log the moment and who sent it, of the others the hour in which they called a
 * model last. What nobody has to write is read.
 */
export function readKeyUses(database: Database, ids: readonly string[]): readonly KeyUse[] {
  return database
    .query<SqlRow, Record<string, string | number>>(
      `with asked as (select value as id from json_each($ids)),
       newest as (select key_id, at_ms, sequence from requests order by at_ms desc limit $lines),
       logged as (select key_id, max(at_ms) as at_ms, sequence from newest where key_id is not null group by key_id),
       waiting as (select key_id, max(at_ms - at_ms % 3600000) as hour_ms from ledger
         where sequence > (select sequence from usage_summed) group by key_id)
       select id, logged.at_ms as logged_ms, (select client from requests where sequence = logged.sequence) as client,
         max(coalesce((select max(hour_ms) from usage_hours where key_id = id), 0), coalesce(waiting.hour_ms, 0)) as hour_ms
       from asked left join logged on logged.key_id = id left join waiting on waiting.key_id = id`,
    )
    .all({ ids: JSON.stringify(ids), lines: LIMITS.keyUseLines })
    .flatMap(toUse)
}

function toUse(row: SqlRow): KeyUse[] {
  const isExact = isSet(row, 'logged_ms')
  if (!isExact && numberAt(row, 'hour_ms') === 0) return []
  const client = textAt(row, 'client')
  return [
    {
      keyId: textAt(row, 'id'),
      atMs: numberAt(row, isExact ? 'logged_ms' : 'hour_ms'),
      isExact,
      ...defined({ client: client === '' ? undefined : client }),
    },
  ]
}
