import type { Database } from 'bun:sqlite'
import { SCOPES } from '../../exchange/owner.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { SavingsGroup, SavingsQuery } from '../usage-report.ts'
import { GROUP_NAMES } from './group-names.ts'
import { clampLimit, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt, largestFirst, splitAmount, sumOf } from './sum-of-amounts.ts'

/** Whatever a group is named after; nobody is the empty name, as in the sums of the ledger. */
const NAMES = [...SCOPES.map((scope) => OWNER_NAMES[scope]), 'target', 'route', 'purpose']
  .map((name) => `coalesce(${name}, '') as ${name}`)
  .join(', ')

/** The lines that tell of it, which an index holds; of those whose answer was kept it is another thing. */
const saved = (of: 'rungs' | 'cache'): string => `(select at_ms, simulated, ${NAMES},
  ${splitAmount('saved')}
  from requests where saved_nano_usd is not null and ifnull(cache, 'miss') ${of === 'rungs' ? '' : 'not '}in ('miss', 'refresh', 'bypass') and at_ms >= $fromMs and at_ms < $toMs)`

/** What was saved, by group: days oldest first (the latest `limit` of them), others largest first. */
export function readSavings(
  database: Database,
  { fromMs, toMs, groupBy, limit, of = 'rungs' }: SavingsQuery,
): SavingsGroup[] {
  const byDay = groupBy === 'day'
  const order = byDay ? 'name desc' : `${largestFirst('real')}, ${largestFirst('simulated')}, name`
  const groups = database
    .query<SqlRow, Record<string, number>>(
      `select * from (select ${groupBy === undefined ? "'total'" : GROUP_NAMES[groupBy]} as name, count(*) as requests,
         ${sumOf('real', 'saved', 'simulated = 0')},
         ${sumOf('simulated', 'saved', 'simulated = 1')}
       from ${saved(of)} group by 1)
       order by ${order} limit $limit`,
    )
    .all({ fromMs, toMs, limit: clampLimit(limit) })
    .map(toGroup)
  return byDay ? groups.reverse() : groups
}

function toGroup(row: SqlRow): SavingsGroup {
  return {
    name: textAt(row, 'name'),
    requests: numberAt(row, 'requests'),
    savedNanoUsd: amountAt(row, 'real'),
    simulatedNanoUsd: amountAt(row, 'simulated'),
  }
}
