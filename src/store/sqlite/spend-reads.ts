import type { Database } from 'bun:sqlite'
import { SCOPES, type Scope } from '../../exchange/owner.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { NO_COUNTS, UNIT_NAMES, type Counts } from '../../exchange/units.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { LookedAt } from '../request-query.ts'
import {
  SPEND_DIMENSIONS,
  type LoggedDimension,
  type LoggedSpend,
  type Span,
  type SpendAnswer,
  type SpendQuestion,
  type SpendScope,
} from '../spend.ts'
import { SPEND_NAMES } from './spend-names.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt, largestFirst, splitAmount, sumOf } from './sum-of-amounts.ts'
import { newestParts, UNIT_SUMS } from './usage-hours.ts'

const HOUR_MS = 3_600_000

/**
 * What was spent, by names and intervals: from the sums of hours, the newest first and no more of them than one may. They grow with the
 * rows, so nothing is missing; a time is cut to whole hours.
 */
export function readSpendSplit(database: Database, question: SpendQuestion): SpendAnswer {
  const { fromMs, toMs, by, scope, stepMs, usage } = question
  const most = LIMITS.spendRows
  const asked = SPEND_DIMENSIONS.filter((dimension) => scope[dimension] !== undefined)
  const only = asked.map((dimension) => ` and ${SPEND_NAMES[dimension]} = $${dimension}`).join('')
  const names = by.map((dimension, index) => `${SPEND_NAMES[dimension]} as name${index}`)
  const statement = database.prepare<SqlRow, Record<string, string | number>>(
    `select ${[...names, 'at_ms - at_ms % $stepMs as begin_ms'].join(', ')}, count(*) as looked, min(at_ms) as oldest_ms,
       total(attempts) as attempts, ${usage === false ? '' : `${UNIT_SUMS.map((unit) => `total(${unit}) as ${unit}`).join(', ')},`}
       ${sumOf('real', 'cost', 'simulated = 0')}, ${sumOf('simulated', 'cost', 'simulated = 1')},
       total(unpriced) as unpriced, total(estimated) as estimated
     from ${newestParts(only, ownerOf(scope))}
     group by ${[...by.map((_, index) => index + 1), by.length + 1].join(', ')}`,
  )
  try {
    const rows = statement.all({
      // One interval for all: as long as anything could last.
      stepMs: stepMs ?? Number.MAX_SAFE_INTEGER,
      fromMs: fromMs - (fromMs % HOUR_MS),
      toMs,
      most,
      ...Object.fromEntries(asked.map((dimension) => [dimension, scope[dimension] ?? ''])),
    })
    return {
      cells: rows.map((row) => ({
        names: by.map((_, index) => textAt(row, `name${index}`)),
        atMs: stepMs === undefined ? fromMs : numberAt(row, 'begin_ms'),
        attempts: numberAt(row, 'attempts'),
        usage: toCounts(row),
        costNanoUsd: amountAt(row, 'real'),
        simulatedNanoUsd: amountAt(row, 'simulated'),
        unpriced: numberAt(row, 'unpriced'),
        estimated: numberAt(row, 'estimated'),
      })),
      ...defined({ lookedAt: lookedAt(rows) }),
    }
  } finally {
    statement.finalize()
  }
}

/** An owner who is asked for, and whose sums alone are looked at. */
function ownerOf(scope: SpendScope): Scope | undefined {
  return SCOPES.find((owner) => (scope[owner] ?? '') !== '')
}

function toCounts(row: SqlRow): Counts {
  const counts: Mutable<Counts> = { ...NO_COUNTS }
  for (const unit of UNIT_NAMES) {
    const count = numberAt(row, underscored(unit))
    if (count !== 0) counts[unit] = count
  }
  return counts
}

/** Where as many rows were looked at as one may; of the oldest hour or moment some may be missing. */
function lookedAt(rows: readonly SqlRow[]): LookedAt | undefined {
  const looked = rows.reduce((sum, row) => sum + numberAt(row, 'looked'), 0)
  if (looked < LIMITS.spendRows) return undefined
  return { rows: looked, atMs: Math.min(...rows.map((row) => numberAt(row, 'oldest_ms'))) }
}

/** How a line of the request log tells of each; a line may have several tags. */
const LOGGED: Readonly<Record<LoggedDimension, { readonly from: string; readonly name: string }>> = {
  session: { from: 'looked', name: 'session' },
  client: { from: 'looked', name: 'client' },
  operation: { from: 'looked', name: 'operation' },
  tag: { from: "looked, json_each(coalesce(tags, '[]')) as tag", name: 'tag.value' },
  arm: {
    from: `looked, json_each(iif(json_valid(decision), decision -> '$.steps', '[]')) as step`,
    name: "iif(step.value ->> 'step' = 'split', route || ' · ' || (step.value ->> 'arm'), '')",
  },
}

/** What requests cost by what they say of themselves: lines of the request log, the newest first and no more than one may look at. */
export function readSpendLogged(
  database: Database,
  { fromMs, toMs, by, limit }: Span & { readonly by: LoggedDimension; readonly limit: number },
): { readonly groups: readonly LoggedSpend[]; readonly lookedAt?: LookedAt } {
  const { from, name } = LOGGED[by]
  const most = LIMITS.spendLines
  const within = 'from requests where at_ms >= ? and at_ms < ? and purpose is null'
  const end = database
    .query<SqlRow, number[]>(`select at_ms ${within} order by at_ms desc limit 1 offset ?`)
    .get(fromMs, toMs, most)
  const sinceMs = end === null ? fromMs : numberAt(end, 'at_ms') + 1
  const groups = database
    .query<SqlRow, number[]>(
      `with looked as (select *, ${splitAmount('cost')} ${within})
       select ${name} as name, count(*) as requests, total(input_tokens) as input, total(output_tokens) as output,
         ${sumOf('real', 'cost', 'simulated = 0')}, ${sumOf('simulated', 'cost', 'simulated = 1')},
         total(cost_nano_usd is null and input_tokens + output_tokens > 0) as unpriced, total(estimated) as estimated
       from ${from} where coalesce(${name}, '') <> '' group by 1
       order by ${largestFirst('real')}, ${largestFirst('simulated')}, requests desc, name limit ?`,
    )
    .all(sinceMs, toMs, limit)
    .map((row) => ({
      name: textAt(row, 'name'),
      requests: numberAt(row, 'requests'),
      inputTokens: numberAt(row, 'input'),
      outputTokens: numberAt(row, 'output'),
      costNanoUsd: amountAt(row, 'real'),
      simulatedNanoUsd: amountAt(row, 'simulated'),
      unpriced: numberAt(row, 'unpriced'),
      estimated: numberAt(row, 'estimated'),
    }))
  return { groups, ...defined({ lookedAt: end === null ? undefined : { rows: most, atMs: sinceMs } }) }
}
