import type { LedgerRow } from '../store.ts'
import {
  bigintAt,
  isSet,
  numberAt,
  textAt,
  toAmount,
  toInteger,
  toReal,
  type SqlRow,
  type WrittenValue,
} from './sql-values.ts'

/** Writes one row; a row whose id is there stays as it is. `on conflict` of the ids and not `or ignore`, which would hide other faults. */
export const INSERT_LEDGER_ROW = `insert into ledger (
  id, request_id, ordinal, at_ms, key_id, project, route, target, provider, model, outcome, status, duration_ms,
  input_tokens, cache_read_tokens, cache_write_tokens, cache_write_long_tokens, output_tokens, reasoning_tokens,
  basis, cost_nano_usd, price_id, simulated
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (request_id, id) do nothing`

/** The values of `INSERT_LEDGER_ROW`, in its order. */
export function fromLedgerRow(row: LedgerRow): WrittenValue[] {
  return [
    row.id,
    row.requestId,
    toInteger(row.ordinal),
    toInteger(row.atMs),
    row.keyId,
    row.project ?? null,
    row.route,
    row.target,
    row.provider,
    row.model,
    row.outcome,
    toInteger(row.status),
    toReal(row.durationMs),
    toInteger(row.inputTokens),
    toInteger(row.cacheReadTokens),
    toInteger(row.cacheWriteTokens),
    toInteger(row.cacheWriteLongTokens),
    toInteger(row.outputTokens),
    toInteger(row.reasoningTokens),
    row.basis,
    toAmount(row.costNanoUsd),
    row.priceId ?? null,
    row.simulated ? 1 : 0,
  ]
}

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
