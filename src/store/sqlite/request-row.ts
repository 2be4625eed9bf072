import type { RequestRow } from '../store.ts'
import { toAmount, toInteger, toReal, type WrittenValue } from '../written-values.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** Writes one line of the request log; a line whose id is there stays as it is. */
export const INSERT_REQUEST_ROW = `insert into requests (
  id, at_ms, dialect, operation, stream, requested_model, route, target, key_id, key_name, project, outcome, status,
  duration_ms, first_event_ms, upstream_ms, input_tokens, output_tokens, cost_nano_usd, simulated, attempts, notices,
  decision, plan_version
) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing`

/** The values of `INSERT_REQUEST_ROW` in its order, as a JSON array. */
export function toRequestText(row: RequestRow): string {
  const values: WrittenValue[] = [
    row.id,
    toInteger(row.atMs),
    row.dialect,
    row.operation,
    row.stream ? 1 : 0,
    row.requestedModel,
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

/** Reads a row of the table `requests`. */
export function toRequestRow(row: SqlRow): RequestRow {
  return {
    id: textAt(row, 'id'),
    atMs: numberAt(row, 'at_ms'),
    dialect: textAt(row, 'dialect'),
    operation: textAt(row, 'operation'),
    stream: numberAt(row, 'stream') === 1,
    requestedModel: textAt(row, 'requested_model'),
    ...(isSet(row, 'route') ? { route: textAt(row, 'route') } : {}),
    ...(isSet(row, 'target') ? { target: textAt(row, 'target') } : {}),
    ...(isSet(row, 'key_id') ? { keyId: textAt(row, 'key_id') } : {}),
    ...(isSet(row, 'key_name') ? { keyName: textAt(row, 'key_name') } : {}),
    ...(isSet(row, 'project') ? { project: textAt(row, 'project') } : {}),
    outcome: textAt(row, 'outcome'),
    status: numberAt(row, 'status'),
    durationMs: numberAt(row, 'duration_ms'),
    ...(isSet(row, 'first_event_ms') ? { firstEventMs: numberAt(row, 'first_event_ms') } : {}),
    upstreamMs: numberAt(row, 'upstream_ms'),
    inputTokens: numberAt(row, 'input_tokens'),
    outputTokens: numberAt(row, 'output_tokens'),
    ...(isSet(row, 'cost_nano_usd') ? { costNanoUsd: bigintAt(row, 'cost_nano_usd') } : {}),
    simulated: numberAt(row, 'simulated') === 1,
    attempts: textAt(row, 'attempts'),
    notices: textAt(row, 'notices'),
    ...(isSet(row, 'decision') ? { decision: textAt(row, 'decision') } : {}),
    planVersion: textAt(row, 'plan_version'),
  }
}
