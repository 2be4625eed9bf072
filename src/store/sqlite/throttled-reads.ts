import type { Database } from 'bun:sqlite'
import { LIMITS } from '../../kit/limits.ts'
import type { Span, Throttled } from '../spend.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'

/** Names that are told at most. */
const MOST_NAMES = 50

/** Who was held back in a time, and what of it nobody noticed: refusals of the gateway, and of providers whose requests were answered all the same. */
export function readThrottled(
  database: Database,
  { fromMs, toMs, outcomes }: Span & { readonly outcomes: readonly string[] },
): Throttled {
  const refused = database
    .query<SqlRow, (string | number)[]>(
      `select coalesce(key_id, '') as key_id, coalesce(project, '') as project, outcome, count(*) as requests, max(at_ms) as last_ms
       from requests where outcome <> 'ok' and outcome in (${outcomes.map(() => '?').join(', ')}) and at_ms >= ? and at_ms < ?
       group by 1, 2, 3 order by requests desc limit ?`,
    )
    .all(...outcomes, fromMs, toMs, MOST_NAMES)
  const absorbed = database
    .query<SqlRow, number[]>(
      `select provider, count(*) as attempts from
         (select * from ledger where at_ms >= ? and at_ms < ? order by at_ms desc limit ?) as tried
       where status = 429 and exists (select 1 from requests where id = tried.request_id and outcome = 'ok')
       group by 1 order by attempts desc limit ?`,
    )
    .all(fromMs, toMs, LIMITS.queryRows, MOST_NAMES)
  return {
    refused: refused.map((row) => ({
      keyId: textAt(row, 'key_id'),
      project: textAt(row, 'project'),
      outcome: textAt(row, 'outcome'),
      requests: numberAt(row, 'requests'),
      lastMs: numberAt(row, 'last_ms'),
    })),
    absorbed: absorbed.map((row) => ({
      provider: textAt(row, 'provider'),
      attempts: numberAt(row, 'attempts'),
    })),
  }
}
