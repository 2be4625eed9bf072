import { REQUEST_COLUMNS } from '../request-text.ts'
import type { RequestRow } from '../store.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/** Writes one line of the request log; a line whose id is there stays as it is. */
export const INSERT_REQUEST_ROW = `insert into requests (${REQUEST_COLUMNS.join(', ')})
values (${REQUEST_COLUMNS.map(() => '?').join(', ')}) on conflict (id) do nothing`

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
