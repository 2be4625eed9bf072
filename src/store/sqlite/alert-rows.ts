import { defined } from '../../kit/defined.ts'
import { isObject, parseJson, readNumber, readString, isArray, type Json } from '../../kit/json.ts'
import {
  ALERT_EVENTS,
  ALERT_PHASES,
  DELIVERY_STATES,
  type AlertDeliveryRow,
  type AlertItem,
  type AlertMute,
  type AlertRow,
} from '../alerts.ts'
import { isSet, numberAt, textAt, type SqlRow, type SqlValue } from './sql-values.ts'

/** An alert as a row of its table. */
export function toAlertRow(row: SqlRow): AlertRow {
  const { number, text } = optional(row)
  return {
    id: textAt(row, 'id'),
    rule: textAt(row, 'rule'),
    key: textAt(row, 'key'),
    phase: ALERT_PHASES.find((phase) => phase === row['phase']) ?? 'resolved',
    severity: textAt(row, 'severity'),
    text: textAt(row, 'text'),
    sinceMs: numberAt(row, 'since_ms'),
    told: textsIn(textAt(row, 'told')),
    ...defined({
      value: number('value'),
      unit: text('unit'),
      firedAtMs: number('fired_ms'),
      calmSinceMs: number('calm_ms'),
      resolvedAtMs: number('resolved_ms'),
      acknowledgedAtMs: number('acknowledged_ms'),
      acknowledgedBy: text('acknowledged_by'),
    }),
  }
}

/** The values of an alert, in the order of `ALERT_COLUMNS`. */
export function alertValues(row: AlertRow): SqlValue[] {
  return [
    row.id,
    row.rule,
    row.key,
    row.phase,
    row.severity,
    row.text,
    row.value ?? null,
    row.unit ?? null,
    row.sinceMs,
    row.firedAtMs ?? row.sinceMs,
    row.firedAtMs ?? null,
    row.calmSinceMs ?? null,
    row.resolvedAtMs ?? null,
    row.acknowledgedAtMs ?? null,
    row.acknowledgedBy ?? null,
    JSON.stringify(row.told),
  ]
}

export const ALERT_COLUMNS = [
  'id',
  'rule',
  'key',
  'phase',
  'severity',
  'text',
  'value',
  'unit',
  'since_ms',
  'at_ms',
  'fired_ms',
  'calm_ms',
  'resolved_ms',
  'acknowledged_ms',
  'acknowledged_by',
  'told',
] as const

/** A message as a row of its table. */
export function toDeliveryRow(row: SqlRow): AlertDeliveryRow {
  const { number, text } = optional(row)
  return {
    id: textAt(row, 'id'),
    channel: textAt(row, 'channel'),
    state: DELIVERY_STATES.find((state) => state === row['state']) ?? 'failed',
    items: itemsIn(textAt(row, 'items')),
    createdAtMs: numberAt(row, 'at_ms'),
    dueAtMs: numberAt(row, 'due_ms'),
    attempts: numberAt(row, 'attempts'),
    ...defined({ endedAtMs: number('ended_ms'), reason: text('reason') }),
  }
}

/** The values of a message, in the order of `DELIVERY_COLUMNS`. */
export function deliveryValues(row: AlertDeliveryRow): SqlValue[] {
  return [
    row.id,
    row.channel,
    row.state,
    JSON.stringify(row.items),
    row.createdAtMs,
    row.dueAtMs,
    row.attempts,
    row.endedAtMs ?? null,
    row.reason ?? null,
  ]
}

export const DELIVERY_COLUMNS = [
  'id',
  'channel',
  'state',
  'items',
  'at_ms',
  'due_ms',
  'attempts',
  'ended_ms',
  'reason',
] as const

/** A mute as a row of its table. */
export function toMute(row: SqlRow): AlertMute {
  const { text } = optional(row)
  return {
    rule: textAt(row, 'rule'),
    untilMs: numberAt(row, 'until_ms'),
    atMs: numberAt(row, 'at_ms'),
    ...defined({ by: text('muted_by') }),
  }
}

function optional(row: SqlRow) {
  return {
    number: (column: string): number | undefined => (isSet(row, column) ? numberAt(row, column) : undefined),
    text: (column: string): string | undefined => (isSet(row, column) ? textAt(row, column) : undefined),
  }
}

function listIn(text: string): readonly Json[] {
  const value = parseJson(text)
  return isArray(value) ? value : []
}

function textsIn(text: string): readonly string[] {
  return listIn(text).filter((one) => typeof one === 'string')
}

function itemsIn(text: string): readonly AlertItem[] {
  return listIn(text).flatMap((item) => {
    if (!isObject(item)) return []
    const word = (name: string): string => readString(item, name) ?? ''
    return [
      {
        event: ALERT_EVENTS.find((event) => event === item['event']) ?? 'fired',
        alertId: word('alertId'),
        rule: word('rule'),
        kind: word('kind'),
        key: word('key'),
        severity: word('severity'),
        text: word('text'),
        ...defined({ description: readString(item, 'description') }),
        sinceMs: readNumber(item, 'sinceMs') ?? 0,
        atMs: readNumber(item, 'atMs') ?? 0,
      },
    ]
  })
}
