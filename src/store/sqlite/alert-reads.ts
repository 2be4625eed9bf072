import type { Database } from 'bun:sqlite'
import { defined } from '../../kit/defined.ts'
import type { AlertDeliveryRow, AlertRow, UnusedKeys, UnusedKeysQuery } from '../alerts.ts'
import type { Page } from '../store.ts'
import { toAlertRow, toDeliveryRow } from './alert-rows.ts'
import { toPage, type Position } from './page-cursor.ts'
import { HOUR_MS, USED_KEYS } from './usage-hours.ts'
import { clampLimit, numberAt, textAt, type SqlRow } from './sql-values.ts'

interface PageRead {
  readonly position: Position
  readonly limit: number
}

/** A page of alerts that ring or rang, newest first. */
export function readAlertPage(
  database: Database,
  { position, limit, rule }: PageRead & { readonly rule?: string },
): Page<AlertRow> {
  const most = clampLimit(limit)
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from alerts where ${rule === undefined ? '' : 'rule = $rule and'} phase <> 'pending'
       and (at_ms, sequence) < ($atMs, $sequence) order by at_ms desc, sequence desc limit $most`,
    )
    .all({ ...defined({ rule }), ...position, most: most + 1 })
  return toPage(rows, most, { timeColumn: 'at_ms', decode: toAlertRow })
}

/** A page of messages, newest first. */
export function readDeliveryPage(
  database: Database,
  { position, limit, channel }: PageRead & { readonly channel?: string },
): Page<AlertDeliveryRow> {
  const most = clampLimit(limit)
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `select * from alert_deliveries where ${channel === undefined ? '' : 'channel = $channel and'}
       (at_ms, sequence) < ($atMs, $sequence) order by at_ms desc, sequence desc limit $most`,
    )
    .all({ ...defined({ channel }), ...position, most: most + 1 })
  return toPage(rows, most, { timeColumn: 'at_ms', decode: toDeliveryRow })
}

/** Keys that are alive, older than a time, and were not used since then. */
export function readUnusedKeys(
  database: Database,
  { declared, sinceMs, nowMs, most }: UnusedKeysQuery,
): UnusedKeys {
  const rows = database
    .query<SqlRow, Record<string, string | number>>(
      `with known as (
         select id, name from keys
         where created_at_ms < $sinceMs and revoked_at_ms is null and (expires_at_ms is null or expires_at_ms > $nowMs)
         union all select value ->> 'id', value ->> 'name' from json_each($declared)
       )
       select name, count(*) over () as found from known
       where id not in (${USED_KEYS})
       order by name limit $most`,
    )
    .all({
      sinceMs,
      nowMs,
      hourMs: sinceMs - (sinceMs % HOUR_MS),
      declared: JSON.stringify(declared),
      most,
    })
  const [first] = rows
  return {
    names: rows.map((row) => textAt(row, 'name')),
    count: first === undefined ? 0 : numberAt(first, 'found'),
  }
}
