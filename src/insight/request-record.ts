import type { AttemptResult } from '../exchange/attempt-result.ts'
import { decisionIdOf, type DecisionStep } from '../exchange/decision.ts'
import { findingsOf } from '../exchange/guard.ts'
import { SCOPES } from '../exchange/owner.ts'
import { UNIT_NAMES } from '../exchange/units.ts'
import type { Usage } from '../exchange/usage.ts'
import { defined } from '../kit/defined.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { formatUsd, type NanoUsd } from '../kit/money.ts'
import { underscored } from '../kit/underscored.ts'
import { OWNER_NAMES } from '../store/owner-columns.ts'
import { costState, type EndedRequest } from '../telemetry/ended-request.ts'
import type { RecordField, RequestRecord } from '../telemetry/record-fields.ts'
import { chargeLines } from './receipt.ts'
import { toLineJson } from './receipt-lines.ts'

const VERSION = 1
/** Targets that are named of each list. */
const MOST_NAMED = 8

/** The record of a request that is over, in the one form in which all sinks get it. Plain facts: nothing of what was said, and no secrets. */
export function toRecord(request: EndedRequest): RequestRecord {
  const { attempts, target, notices } = request
  const record: { [Field in Exclude<RecordField, 'id' | 'at'>]: Json | undefined } = {
    v: VERSION,
    trace_id: request.trace.traceId,
    parent_id: request.parentId,
    purpose: request.purpose,
    dialect: request.dialect,
    operation: request.operation,
    stream: request.stream,
    requested_model: request.requestedModel,
    route: request.route,
    target,
    ...partsOf(target),
    ...ownersOf(request),
    session: request.session,
    tags: request.tags.length === 0 ? undefined : request.tags,
    client: request.client === '' ? undefined : request.client,
    outcome: request.outcome,
    status: request.status,
    duration_ms: toMicros(request.durationMs),
    upstream_ms: toMicros(request.upstreamMs),
    first_event_ms: toMicros(request.firstEventMs),
    input_tokens: request.inputTokens,
    output_tokens: request.outputTokens,
    cost_usd: toUsd(request.costNanoUsd),
    cost_state: costState(request),
    saved_usd: toUsd(request.savedNanoUsd),
    cache: request.cache,
    attempts: attempts.map(toAttempt),
    decision: toDecision(request),
    guardrails: toGuardrails(request),
    restored: toRestored(request),
    notices: notices === '' ? undefined : notices.split('; '),
    plan: request.planVersion,
  }
  return { id: request.id, at: new Date(request.atMs).toISOString(), ...defined(record) }
}

function toGuardrails({ steps }: EndedRequest): Json | undefined {
  const findings = findingsOf(steps)
  return findings.length === 0 ? undefined : findings.map((finding) => ({ ...finding }))
}

function toRestored({ steps }: EndedRequest): JsonObject | undefined {
  const step = steps.find((one) => one.step === 'restore')
  if (step === undefined) return undefined
  const { restored, remembered, unknown } = step
  return { restored: { ...restored }, ...defined({ remembered, unknown }) }
}

function partsOf(target: string | undefined): { provider: string | undefined; model: string | undefined } {
  if (target === undefined) return { provider: undefined, model: undefined }
  const slash = target.indexOf('/')
  return { provider: target.slice(0, slash), model: target.slice(slash + 1) }
}

type OwnerFields = Pick<
  Readonly<Record<RecordField, string | undefined>>,
  'key_id' | 'key_name' | 'user_id' | 'customer_id' | 'project' | 'team_id' | 'organisation_id'
>

function ownersOf({ owners, keyName }: EndedRequest): OwnerFields {
  const ids = Object.fromEntries(SCOPES.map((scope) => [OWNER_NAMES[scope], owners[scope]]))
  return {
    key_id: ids['key_id'],
    key_name: keyName,
    user_id: ids['user_id'],
    customer_id: ids['customer_id'],
    project: ids['project'],
    team_id: ids['team_id'],
    organisation_id: ids['organisation_id'],
  }
}

function toAttempt(attempt: AttemptResult): JsonObject {
  const { usage, price } = attempt
  return {
    id: attempt.id,
    target: attempt.target,
    ...defined({
      ...partsOf(attempt.target),
      credential: attempt.credential,
      lane: attempt.lane,
      outcome: attempt.outcome,
      status: attempt.status,
      started_ms: toMicros(attempt.startedMs),
      duration_ms: toMicros(attempt.durationMs),
      first_event_ms: toMicros(attempt.firstEventMs),
      basis: attempt.basis,
      usage: usage === undefined ? undefined : toUsage(usage),
      cost_usd: toUsd(attempt.costNanoUsd),
      simulated: attempt.simulated ? true : undefined,
      price_id: price?.id,
      receipt:
        usage === undefined || price === undefined ? undefined : chargeLines(usage, price).map(toLineJson),
    }),
  }
}

function toUsage(usage: Usage): JsonObject {
  const counts: Record<string, number> = {}
  for (const unit of UNIT_NAMES) {
    const count = usage[unit] ?? 0
    if (count > 0) counts[underscored(unit)] = count
  }
  return counts
}

function toDecision({ id, steps }: EndedRequest): JsonObject | undefined {
  if (steps.length === 0) return undefined
  const told: Record<string, Json | undefined> = { id: decisionIdOf(id) }
  for (const step of steps) Object.assign(told, summaryOf(step))
  return defined(told)
}

/** What there is to say of a step in a few words; nothing of most. Of several of a kind the last one counts. */
function summaryOf(step: DecisionStep): JsonObject {
  if (step.step === 'condition') return { step: step.picked }
  if (step.step === 'split') return { arm: step.arm }
  if (step.step === 'filter')
    return { left_out: step.targets.slice(0, MOST_NAMED).map(({ target, reason }) => ({ target, reason })) }
  if (step.step !== 'rank') return {}
  const { strategy, reason, targets } = step
  return { strategy, reason, ranked: targets.slice(0, MOST_NAMED).map(({ target }) => target) }
}

/** Milliseconds to three places. */
function toMicros(ms: number): number
function toMicros(ms: number | undefined): number | undefined
function toMicros(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(Math.max(0, ms) * 1_000) / 1_000
}

function toUsd(nano: NanoUsd | undefined): string | undefined {
  return nano === undefined ? undefined : formatUsd(nano)
}
