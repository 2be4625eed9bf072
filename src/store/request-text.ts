import type { RequestRow, RequestText } from './store.ts'
import { toAmount, toInteger, toName, toReal, type WrittenValue } from './written-values.ts'

/** The columns of the request log in the order of a `RequestText`. */
export const REQUEST_COLUMNS = [
  'id',
  'at_ms',
  'dialect',
  'operation',
  'stream',
  'requested_model',
  'route',
  'target',
  'key_id',
  'key_name',
  'project',
  'outcome',
  'status',
  'duration_ms',
  'first_event_ms',
  'upstream_ms',
  'input_tokens',
  'output_tokens',
  'cost_nano_usd',
  'simulated',
  'attempts',
  'notices',
  'decision',
  'plan_version',
] as const

/** Spells a line of the request log by the rules of `toLedgerText`. */
export function toRequestText(row: RequestRow): RequestText {
  const values: WrittenValue[] = [
    row.id,
    toInteger(row.atMs),
    row.dialect,
    row.operation,
    row.stream ? 1 : 0,
    toName(row.requestedModel),
    row.route ?? null,
    row.target ?? null,
    row.keyId ?? null,
    row.keyName ?? null,
    row.project ?? null,
    row.outcome,
    toInteger(row.status),
    toReal(row.durationMs),
    toReal(row.firstEventMs),
    toReal(row.upstreamMs),
    toInteger(row.inputTokens),
    toInteger(row.outputTokens),
    toAmount(row.costNanoUsd),
    row.simulated ? 1 : 0,
    row.attempts,
    row.notices,
    row.decision ?? null,
    row.planVersion,
  ]
  return JSON.stringify(values)
}
