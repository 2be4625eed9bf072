import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Agreement, ComparedCost, ComparedTime, ShadowReport, ShadowRow } from '../store/shadow-rows.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

/** What came of one shadow. */
export function toShadowJson(row: ShadowRow): JsonObject {
  const { costNanoUsd: cost, shadowCostNanoUsd: shadowCost } = row
  return {
    request_id: row.requestId,
    at: toTimeJson(row.atMs),
    route: row.route,
    shadow: row.shadow,
    shown: row.shown,
    ...defined({ target: row.target }),
    outcome: row.outcome,
    duration_ms: row.durationMs,
    shadow_ms: row.shadowMs,
    cost: cost === undefined ? 'unpriced' : toMoneyJson(cost),
    shadow_cost: shadowCost === undefined ? 'unpriced' : toMoneyJson(shadowCost),
    simulated: row.simulated,
    shadow_simulated: row.shadowSimulated,
    ...defined({
      length: row.length,
      shadow_length: row.shadowLength,
      same_refusal: row.sameRefusal,
      same_tools: row.sameTools,
      same_json: row.sameJson,
      jaccard: row.jaccard,
      agrees: row.agrees,
    }),
  }
}

/** How the shadows of a route did. */
export function toShadowReportJson(report: ShadowReport): JsonObject {
  const { median, slow } = report
  return {
    route: report.route,
    shadow: report.shadow,
    requests: report.requests,
    compared: report.compared,
    failures: { ...report.failures },
    agreement: toShareJson(report.agreement),
    refusal: toShareJson(report.refusal),
    tools: toShareJson(report.tools),
    json: toShareJson(report.json),
    ...defined({ jaccard: report.jaccard }),
    cost: toCostJson(report.cost),
    simulated_cost: toCostJson(report.simulatedCost),
    ...defined({ median: median && toSpanJson(median), p95: slow && toSpanJson(slow) }),
  }
}

function toShareJson({ of, agreed }: Agreement): JsonObject {
  return { of, agreed }
}

function toCostJson({ requests, costNanoUsd, shadowCostNanoUsd }: ComparedCost): JsonObject {
  return { requests, shown: toMoneyJson(costNanoUsd), shadow: toMoneyJson(shadowCostNanoUsd) }
}

function toSpanJson({ durationMs, shadowMs }: ComparedTime): JsonObject {
  return { shown_ms: durationMs, shadow_ms: shadowMs }
}
