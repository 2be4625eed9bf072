import { decisionIdOf } from '../exchange/decision.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { formatUsd, type NanoUsd } from '../kit/money.ts'
import { billedTokens } from '../exchange/units.ts'
import type { LedgerRow, RequestRow } from '../store/store.ts'
import { toOwnersJson } from './owners-json.ts'
import type { ReportedGroup } from './report-usage.ts'
import { toCountsJson } from './units-json.ts'

/** Money for machines and people: text, because JSON numbers are floats. */
export function toMoneyJson(nano: NanoUsd): { readonly usd: string; readonly nano_usd: string } {
  return { usd: formatUsd(nano), nano_usd: nano.toString() }
}

/** A moment as RFC 3339 in UTC. */
export function toTimeJson(ms: number): string {
  return new Date(ms).toISOString()
}

/** A copy without the members that are undefined. */
export function present(fields: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

/** A line of the request log. */
export function toRequestJson(row: RequestRow): JsonObject {
  return present({
    id: row.id,
    at: toTimeJson(row.atMs),
    dialect: row.dialect,
    operation: row.operation,
    stream: row.stream,
    requested_model: row.requestedModel,
    route: row.route,
    target: row.target,
    ...toOwnersJson(row.owners),
    key_name: row.keyName,
    outcome: row.outcome,
    status: row.status,
    duration_ms: row.durationMs,
    first_event_ms: row.firstEventMs,
    upstream_ms: row.upstreamMs,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cost: row.costNanoUsd === undefined ? 'unpriced' : toMoneyJson(row.costNanoUsd),
    saved: row.savedNanoUsd === undefined ? undefined : toMoneyJson(row.savedNanoUsd),
    cache: row.cache,
    estimated: row.estimated,
    simulated: row.simulated,
    attempts: row.attempts,
    notices: row.notices,
    decision_id: row.decision === undefined ? undefined : decisionIdOf(row.id),
    plan: row.planVersion,
    purpose: row.purpose,
    parent_id: row.parentId,
  })
}

/** One attempt of the ledger. */
export function toAttemptJson(row: LedgerRow): JsonObject {
  return present({
    id: row.id,
    ordinal: row.ordinal,
    begun_for: row.begunFor,
    rung: row.rung,
    at: toTimeJson(row.atMs),
    target: row.target,
    outcome: row.outcome,
    status: row.status,
    duration_ms: row.durationMs,
    ...toCountsJson(row.usage),
    basis: row.basis,
    anomalies: row.anomalies?.split(' '),
    served_tiers: row.servedTiers?.split(' '),
    cost: row.costNanoUsd === undefined ? 'unpriced' : toMoneyJson(row.costNanoUsd),
    charged: row.chargedNanoUsd === undefined ? undefined : toMoneyJson(row.chargedNanoUsd),
    price_id: row.priceId,
    simulated: row.simulated,
    purpose: row.purpose,
  })
}

/** One group of a usage report. */
export function toUsageJson(group: ReportedGroup): JsonObject {
  const { saved, kept } = group
  return present({
    name: group.name,
    attempts: group.attempts,
    input_tokens: billedTokens(group.usage, 'input'),
    output_tokens: billedTokens(group.usage, 'output'),
    usage: toCountsJson(group.usage),
    cost: toMoneyJson(group.costNanoUsd),
    charged: toMoneyJson(group.chargedNanoUsd),
    simulated: toMoneyJson(group.simulatedNanoUsd),
    saved: saved && toMoneyJson(saved.savedNanoUsd),
    simulated_saved: saved && toMoneyJson(saved.simulatedNanoUsd),
    from_cache: kept?.requests,
    cache_saved: kept && toMoneyJson(kept.savedNanoUsd),
    unpriced_attempts: group.unpriced,
    estimated_attempts: group.estimated,
    anomalous_attempts: group.anomalous,
  })
}
