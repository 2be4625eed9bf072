import { isArray, parseJson } from '../kit/json.ts'
import type { LedgerRow, LedgerText } from './store.ts'
import { toAmount, toInteger, toName, toReal, type WrittenValue } from './written-values.ts'

/** The columns of the ledger in the order of a `LedgerText`. */
export const LEDGER_COLUMNS = [
  'id',
  'request_id',
  'ordinal',
  'at_ms',
  'key_id',
  'project',
  'route',
  'target',
  'provider',
  'model',
  'outcome',
  'status',
  'duration_ms',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'cache_write_long_tokens',
  'output_tokens',
  'reasoning_tokens',
  'basis',
  'cost_nano_usd',
  'price_id',
  'simulated',
] as const

/** Spells a row. What is absent is null, amounts beyond 2^53 are decimal text, flags are 0 and 1. */
export function toLedgerText(row: LedgerRow): LedgerText {
  const values: WrittenValue[] = [
    row.id,
    toName(row.requestId),
    toInteger(row.ordinal),
    toInteger(row.atMs),
    toName(row.keyId),
    row.project === undefined ? null : toName(row.project),
    toName(row.route),
    toName(row.target),
    toName(row.provider),
    toName(row.model),
    toName(row.outcome),
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
    row.priceId === undefined ? null : toName(row.priceId),
    row.simulated ? 1 : 0,
  ]
  return JSON.stringify(values)
}

/** The id of the attempt in a text, or undefined when it is none. */
export function attemptIdIn(text: LedgerText): string | undefined {
  try {
    const values = parseJson(text)
    if (!isArray(values)) return undefined
    const [id] = values
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}
