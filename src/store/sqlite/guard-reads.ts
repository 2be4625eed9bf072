import type { Database } from 'bun:sqlite'
import { GUARD_VERDICTS } from '../../exchange/guard.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { GuardCounts } from '../guard-counts.ts'
import type { RequestFilter } from '../request-query.ts'
import { beyond, endAmong } from './facet-reads.ts'
import { allOf, toSql, type SqlCondition } from './request-conditions.ts'
import { numberAt, selectAll, textAt } from './sql-values.ts'

/** Names that are told at most: of guardrails with their verdicts, and with their detectors. */
const MOST_NAMES = 1_000

const GRAVITY = `case said.value ->> '$.verdict' ${GUARD_VERDICTS.map((verdict, place) => `when '${verdict}' then ${place}`).join(' ')} end`

/** Counts what guardrails have said of the newest lines of those that are asked for, `LIMITS.facetRows` at most. */
export function readGuardCounts(database: Database, filter: RequestFilter): GuardCounts {
  const asked = toSql(filter)
  const end = endAmong(database, asked, 'order by at_ms desc, sequence desc')
  const within = end === undefined ? asked : allOf([asked, beyond('>=', end)])
  return {
    verdicts: readVerdicts(database, within),
    found: readFound(database, within),
    restored: readRestored(database, within),
    ...defined({ lookedAt: end && { rows: LIMITS.facetRows, atMs: end.atMs } }),
  }
}

/** What was said of each line. A record without a guardrail is not parsed: that takes ten times as long. */
function saidOf({ sql }: SqlCondition): string {
  return `(select sequence, decision from requests where ${sql} and instr(decision, '"guard"') > 0 and json_valid(decision)) as line,
    json_each(line.decision, '$.steps') as step, json_each(line.decision, step.fullkey || '.verdicts') as said`
}

function readVerdicts(database: Database, within: SqlCondition): GuardCounts['verdicts'] {
  const rows = selectAll(
    database,
    `select guardrail, shadow, gravity, count(*) as requests from
       (select said.value ->> '$.guardrail' as guardrail, ifnull(said.value ->> '$.shadow', 0) as shadow, max(${GRAVITY}) as gravity
        from ${saidOf(within)} group by line.sequence, 1, 2)
     where gravity is not null group by 1, 2, 3 order by 1, 2, 3 desc limit ?`,
    [...within.values, MOST_NAMES],
  )
  return rows.flatMap((row) => {
    const verdict = GUARD_VERDICTS[numberAt(row, 'gravity')]
    return verdict === undefined
      ? []
      : [
          {
            guardrail: textAt(row, 'guardrail'),
            verdict,
            shadow: numberAt(row, 'shadow') === 1,
            requests: numberAt(row, 'requests'),
          },
        ]
  })
}

function readFound(database: Database, within: SqlCondition): GuardCounts['found'] {
  const rows = selectAll(
    database,
    `select said.value ->> '$.guardrail' as guardrail, found.key as detector, sum(found.value) as found
     from ${saidOf(within)}, json_each(said.value, '$.found') as found
     group by 1, 2 order by 1, 3 desc, 2 limit ?`,
    [...within.values, MOST_NAMES],
  )
  return rows.map((row) => ({
    guardrail: textAt(row, 'guardrail'),
    detector: textAt(row, 'detector'),
    found: numberAt(row, 'found'),
  }))
}

/** A record in which nothing was put back is not parsed either. */
function readRestored(database: Database, within: SqlCondition): GuardCounts['restored'] {
  const rows = selectAll(
    database,
    `select counted.key as guardrail, sum(iif(part.key = 'restored', counted.value, 0)) as restored,
       sum(iif(part.key = 'remembered', counted.value, 0)) as remembered
     from (select decision from requests where ${within.sql} and instr(decision, '"restore"') > 0 and json_valid(decision)) as line,
       json_each(line.decision, '$.steps') as step, json_each(line.decision, step.fullkey) as part,
       json_each(line.decision, part.fullkey) as counted
     where step.value ->> '$.step' = 'restore' and part.key in ('restored', 'remembered')
     group by 1 order by 1 limit ?`,
    [...within.values, MOST_NAMES],
  )
  return rows.map((row) => ({
    guardrail: textAt(row, 'guardrail'),
    restored: numberAt(row, 'restored'),
    remembered: numberAt(row, 'remembered'),
  }))
}
