import { z } from 'zod'
import { sayWatch } from '../alerts/kinds/all.ts'
import type { ChannelHealth } from '../alerts/outbox.ts'
import type { RuleStanding } from '../alerts/alerting.ts'
import { ALERT_KIND_NAMES, ALERT_SEVERITIES, type AlertChannel, type AlertRule } from '../exchange/alert.ts'
import { formatDuration } from '../kit/duration.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import {
  ALERT_EVENTS,
  ALERT_PHASES,
  DELIVERY_STATES,
  type AlertDeliveryRow,
  type AlertItem,
  type AlertMute,
  type AlertRow,
} from '../store/alerts.ts'
import { toTimeJson } from './to-json.ts'

const time = z.iso.datetime()
const unit = z.enum(['count', 'tokens', 'usd', 'ms', 'share'])
const value = z
  .number()
  .nullable()
  .describe('US dollars, milliseconds, a share from 0 to 1, or a number, as `unit` says.')

/** An alert. */
export const alertAnswer = z.object({
  id: z.string(),
  rule: z.string(),
  key: z.string().describe('What it rings for of what the rule watches; the empty text: all of it.'),
  state: z.enum(ALERT_PHASES).describe('pending: it holds, but not for long enough yet.'),
  severity: z.string(),
  text: z.string(),
  value,
  unit: unit.nullable(),
  since: time.describe('Since when it holds.'),
  fired_at: time.nullable(),
  resolved_at: time.nullable(),
  acknowledged: z.object({ at: time, by: z.string().nullable() }).nullable(),
  told: z.array(z.string()).describe('Channels that were told that it rings.'),
})

/** An alert as it is answered. */
export function toAlertJson(row: AlertRow): JsonObject {
  return {
    id: row.id,
    rule: row.rule,
    key: row.key,
    state: row.phase,
    severity: row.severity,
    text: row.text,
    ...toValueJson(row.value, row.unit),
    since: toTimeJson(row.sinceMs),
    fired_at: toTimeOrNull(row.firedAtMs),
    resolved_at: toTimeOrNull(row.resolvedAtMs),
    acknowledged:
      row.acknowledgedAtMs === undefined
        ? null
        : { at: toTimeJson(row.acknowledgedAtMs), by: row.acknowledgedBy ?? null },
    told: row.told,
  }
}

const NANO_PER_USD = 1e9

/** A value with its unit: money in dollars. */
export function toValueJson(amount: number | undefined, of: string | undefined): JsonObject {
  if (amount === undefined) return { value: null, unit: of ?? null }
  return { value: of === 'usd' ? amount / NANO_PER_USD : amount, unit: of ?? null }
}

/** A rule with how it stands. */
export const alertRuleAnswer = z.object({
  name: z.string(),
  kind: z.enum(ALERT_KIND_NAMES),
  description: z.string().nullable(),
  severity: z.enum(ALERT_SEVERITIES),
  to: z.array(z.string()).describe('Channels that are told.'),
  says: z.string().describe('What it rings for, in a sentence.'),
  for_ms: z.int(),
  resolve_after_ms: z.int(),
  state: z
    .enum(['quiet', 'pending', 'firing', 'unknown'])
    .describe('unknown: it was not looked at yet, or could not be.'),
  muted: z.object({ until: time, at: time, by: z.string().nullable() }).nullable(),
  last: z
    .object({
      at: time,
      text: z.string().nullable(),
      value,
      unit: unit.nullable(),
      looked_back_to: time.nullable().describe('What is older was not looked at: there was too much of it.'),
      problem: z.string().nullable().describe('Why it could not be known.'),
    })
    .nullable()
    .describe('The last look; null: there was none yet.'),
  alerts: z.array(alertAnswer).describe('Those that pend or ring.'),
})

export interface RuleView {
  readonly rule: AlertRule
  readonly standing: RuleStanding | undefined
  readonly mute: AlertMute | undefined
  readonly open: readonly AlertRow[]
}

/** A rule as it is answered. */
export function toRuleJson({ rule, standing, mute, open }: RuleView): JsonObject {
  return {
    name: rule.name,
    kind: rule.kind,
    description: rule.description ?? null,
    severity: rule.severity,
    to: rule.to,
    says: sayWatch(rule.watch),
    for_ms: rule.forMs,
    resolve_after_ms: rule.resolveAfterMs,
    state: stateOf(standing, open),
    muted:
      mute === undefined
        ? null
        : { until: toTimeJson(mute.untilMs), at: toTimeJson(mute.atMs), by: mute.by ?? null },
    last: standing === undefined ? null : toStandingJson(standing),
    alerts: open.map(toAlertJson),
  }
}

function stateOf(standing: RuleStanding | undefined, open: readonly AlertRow[]): string {
  if (open.some(({ phase }) => phase === 'firing')) return 'firing'
  if (open.length > 0) return 'pending'
  return standing?.stand === undefined ? 'unknown' : 'quiet'
}

function toStandingJson({ atMs, stand, problem }: RuleStanding): Json {
  return {
    at: toTimeJson(atMs),
    text: stand?.text ?? null,
    ...toValueJson(stand?.value, stand?.unit),
    looked_back_to: toTimeOrNull(stand?.lookedBackToMs),
    problem: problem ?? null,
  }
}

/** A channel with how it does. */
export const alertChannelAnswer = z.object({
  name: z.string(),
  type: z.enum(['webhook', 'slack', 'teams', 'discord', 'pagerduty', 'email']),
  digest: z.string().nullable().describe('What comes within so long is told in one message.'),
  quiet: z.boolean().describe('Whether it has quiet hours.'),
  resolved: z.boolean().describe('Whether it is told that an alert is over.'),
  health: z.enum(['ok', 'failing', 'untried']),
  delivered_at: time.nullable().describe('When a message was delivered last.'),
  failing_since: time.nullable(),
  reason: z.string().nullable().describe('Why the last message was not delivered.'),
  waiting: z.int().describe('Messages that wait.'),
})

/** A channel as it is answered: never its address. */
export function toChannelJson(channel: AlertChannel, health: ChannelHealth, waiting: number): JsonObject {
  const { lastDeliveredMs, failingSinceMs, reason } = health
  const isTried = lastDeliveredMs !== undefined || failingSinceMs !== undefined
  return {
    name: channel.name,
    type: channel.address.type,
    digest: channel.digestMs === undefined ? null : formatDuration(channel.digestMs),
    quiet: channel.quiet !== undefined,
    resolved: channel.tellsResolved,
    health: failingSinceMs !== undefined ? 'failing' : isTried ? 'ok' : 'untried',
    delivered_at: toTimeOrNull(lastDeliveredMs),
    failing_since: toTimeOrNull(failingSinceMs),
    reason: reason ?? null,
    waiting,
  }
}

/** A message to a channel. */
export const deliveryAnswer = z.object({
  id: z.string(),
  channel: z.string(),
  state: z.enum(DELIVERY_STATES).describe('withheld: the rule was muted.'),
  at: time,
  due_at: time.describe('When it is tried (again).'),
  ended_at: time.nullable(),
  attempts: z.int(),
  reason: z.string().nullable().describe('Why it was not delivered, or not at first.'),
  alerts: z.array(
    z.object({
      event: z.enum(ALERT_EVENTS),
      id: z.string(),
      rule: z.string(),
      key: z.string(),
      severity: z.string(),
      text: z.string(),
      at: time,
    }),
  ),
})

/** A message as it is answered. */
export function toDeliveryJson(row: AlertDeliveryRow): JsonObject {
  return {
    id: row.id,
    channel: row.channel,
    state: row.state,
    at: toTimeJson(row.createdAtMs),
    due_at: toTimeJson(row.dueAtMs),
    ended_at: toTimeOrNull(row.endedAtMs),
    attempts: row.attempts,
    reason: row.reason ?? null,
    alerts: row.items.map(toItemJson),
  }
}

function toItemJson({ event, alertId, rule, key, severity, text, atMs }: AlertItem): JsonObject {
  return { event, id: alertId, rule, key, severity, text, at: toTimeJson(atMs) }
}

function toTimeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : toTimeJson(ms)
}
