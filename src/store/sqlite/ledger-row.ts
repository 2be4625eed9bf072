import { LEDGER_COLUMNS } from '../ledger-text.ts'
import type { LedgerRow } from '../store.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** Writes one row; a row whose id is there stays as it is. `on conflict` of the ids and not `or ignore`, which would hide other faults. */
export const INSERT_LEDGER_ROW = `insert into ledger (${LEDGER_COLUMNS.join(', ')})
values (${LEDGER_COLUMNS.map(() => '?').join(', ')}) on conflict (request_id, id) do nothing`

/** Reads a row of the table `ledger`. */
export function toLedgerRow(row: SqlRow): LedgerRow {
  return {
    id: textAt(row, 'id'),
    requestId: textAt(row, 'request_id'),
    ordinal: numberAt(row, 'ordinal'),
    atMs: numberAt(row, 'at_ms'),
    keyId: textAt(row, 'key_id'),
    ...(isSet(row, 'project') ? { project: textAt(row, 'project') } : {}),
    route: textAt(row, 'route'),
    target: textAt(row, 'target'),
    provider: textAt(row, 'provider'),
    model: textAt(row, 'model'),
    outcome: textAt(row, 'outcome'),
    ...(isSet(row, 'status') ? { status: numberAt(row, 'status') } : {}),
    durationMs: numberAt(row, 'duration_ms'),
    inputTokens: numberAt(row, 'input_tokens'),
    cacheReadTokens: numberAt(row, 'cache_read_tokens'),
    cacheWriteTokens: numberAt(row, 'cache_write_tokens'),
    cacheWriteLongTokens: numberAt(row, 'cache_write_long_tokens'),
    outputTokens: numberAt(row, 'output_tokens'),
    reasoningTokens: numberAt(row, 'reasoning_tokens'),
    basis: toBasis(textAt(row, 'basis')),
    ...(isSet(row, 'cost_nano_usd') ? { costNanoUsd: bigintAt(row, 'cost_nano_usd') } : {}),
    ...(isSet(row, 'price_id') ? { priceId: textAt(row, 'price_id') } : {}),
    simulated: numberAt(row, 'simulated') === 1,
  }
}

function toBasis(text: string): LedgerRow['basis'] {
  return text === 'reported' || text === 'estimated' || text === 'crash-estimate' ? text : 'none'
}
