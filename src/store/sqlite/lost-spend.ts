import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { LookedAt } from '../request-query.ts'
import { LOSSES, SPEND_DIMENSIONS, type Loss, type LostSpend, type Span, type SpendScope } from '../spend.ts'
import { SPEND_NAMES } from './spend-names.ts'
import { numberAt, textAt, type SqlRow } from './sql-values.ts'
import { amountAt, splitAmount, sumOf } from './sum-of-amounts.ts'

/**
 * Finds what cost money and answered nobody. It holds few rows: an answer that was shown is none of them, and what failed has mostly
 * cost nothing.
 */
export const LOST_SPEND_INDEX = `
create index ledger_lost on ledger (at_ms) where cost_nano_usd > 0 and (outcome <> 'ok' or purpose is not null);
`

const LOST = `select * from ledger where cost_nano_usd > 0 and (outcome <> 'ok' or purpose is not null)
  and at_ms >= ? and at_ms < ?`

const among = (condition: string): string =>
  `exists (select 1 from ledger as other where other.request_id = lost.request_id and ${condition})`

/** Why it is lost. Whoever hangs up on one of several that ran at once has another one; whoever left has none. */
const LOSS = `case
  when purpose is not null then 'beside'
  when outcome <> 'cancelled' then iif(${among("other.outcome = 'ok'")}, 'retried', 'failed')
  when begun_for in ('hedge', 'race') or ${among("other.begun_for in ('hedge', 'race')")} then 'hedged'
  else 'abandoned' end`

/** Money that bought no answer, or was spent beside: the newest rows, no more than one may look at. */
export function readLostSpend(
  database: Database,
  { fromMs, toMs, scope }: Span & { readonly scope: SpendScope },
): { readonly losses: readonly LostSpend[]; readonly lookedAt?: LookedAt } {
  const asked = SPEND_DIMENSIONS.filter((dimension) => scope[dimension] !== undefined)
  const only = asked.map((dimension) => ` and coalesce(${SPEND_NAMES[dimension]}, '') = ?`).join('')
  const rows = database
    .query<SqlRow, (string | number)[]>(
      `select loss, count(*) as attempts, min(at_ms) as oldest_ms,
         ${sumOf('real', 'cost', 'simulated = 0')}, ${sumOf('simulated', 'cost', 'simulated = 1')}
       from (select at_ms, simulated, ${splitAmount('cost')}, ${LOSS} as loss from (${LOST}${only} order by at_ms desc limit ?) as lost)
       group by loss`,
    )
    .all(fromMs, toMs, ...asked.map((dimension) => scope[dimension] ?? ''), LIMITS.lostRows)
  const looked = rows.reduce((sum, row) => sum + numberAt(row, 'attempts'), 0)
  const isPartial = looked >= LIMITS.lostRows
  const atMs = isPartial ? Math.min(...rows.map((row) => numberAt(row, 'oldest_ms'))) : 0
  return {
    losses: rows.flatMap((row) => {
      const loss = LOSSES.find((known) => known === textAt(row, 'loss'))
      return loss === undefined ? [] : [toLost(loss, row)]
    }),
    ...defined({ lookedAt: isPartial ? { rows: looked, atMs } : undefined }),
  }
}

function toLost(loss: Loss, row: SqlRow): LostSpend {
  return {
    loss,
    attempts: numberAt(row, 'attempts'),
    costNanoUsd: amountAt(row, 'real'),
    simulatedNanoUsd: amountAt(row, 'simulated'),
  }
}
