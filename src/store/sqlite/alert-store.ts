import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { AlertChange } from '../alerts.ts'
import type { AlertStore } from '../store.ts'
import {
  ALERT_COLUMNS,
  alertValues,
  DELIVERY_COLUMNS,
  deliveryValues,
  toAlertRow,
  toDeliveryRow,
  toMute,
} from './alert-rows.ts'
import { readCursor } from './page-cursor.ts'
import type { RowReader } from './reads.ts'
import type { SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/**
 * Creates the store of alerts. What changes is written at once, on the caller's own connection: there is little of it, and nobody is told
 * before it stands.
 */
export function createAlertStore(database: Database, reader: RowReader, clock: Clock): AlertStore {
  const write = database.transaction((change: AlertChange) => writeChange(database, change))
  const all = (sql: string): SqlRow[] => database.query<SqlRow, []>(sql).all()
  return {
    open: () =>
      whenFree(clock, () => ({
        alerts: all(`select * from alerts where phase <> 'resolved'`).map(toAlertRow),
        deliveries: all(
          `select * from alert_deliveries where state = 'waiting' order by sequence limit ${LIMITS.alertQueue}`,
        ).map(toDeliveryRow),
        mutes: all('select * from alert_mutes').map(toMute),
        last: all(
          `select * from alert_deliveries where sequence in (
             select max(sequence) from alert_deliveries where state in ('delivered', 'failed') group by channel)`,
        ).map(toDeliveryRow),
      })),
    write: (change) => whenFree(clock, () => write.immediate(change)),
    alerts: ({ after, ...query }) => reader.read('alertPage', { ...query, position: readCursor(after) }),
    deliveries: ({ after, ...query }) =>
      reader.read('alertDeliveryPage', { ...query, position: readCursor(after) }),
    delivery: (id) =>
      whenFree(clock, () => {
        const row = database.query<SqlRow, [string]>('select * from alert_deliveries where id = ?').get(id)
        return row === null ? undefined : toDeliveryRow(row)
      }),
    unusedKeys: (query) => reader.read('unusedKeys', query),
  }
}

const ALERT_UPSERT = upsert('alerts', ALERT_COLUMNS)
const DELIVERY_UPSERT = upsert('alert_deliveries', DELIVERY_COLUMNS)

function upsert(table: string, columns: readonly string[]): string {
  const updates = columns
    .filter((column) => column !== 'id')
    .map((column) => `${column} = excluded.${column}`)
  return `insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})
    on conflict (id) do update set ${updates.join(', ')}`
}

function writeChange(
  database: Database,
  { alerts = [], forgotten = [], deliveries = [], mutes = [], unmuted = [] }: AlertChange,
): void {
  for (const id of forgotten) database.query('delete from alerts where id = ?').run(id)
  for (const row of alerts) database.query(ALERT_UPSERT).run(...alertValues(row))
  for (const row of deliveries) database.query(DELIVERY_UPSERT).run(...deliveryValues(row))
  for (const rule of unmuted) database.query('delete from alert_mutes where rule = ?').run(rule)
  for (const { rule, untilMs, atMs, by } of mutes)
    database
      .query('insert or replace into alert_mutes (rule, until_ms, at_ms, muted_by) values (?, ?, ?, ?)')
      .run(rule, untilMs, atMs, by ?? null)
  removeOldest(database, 'alerts', `phase = 'resolved'`, LIMITS.alertsOver)
  removeOldest(database, 'alert_deliveries', `state <> 'waiting'`, LIMITS.alertDeliveries)
}

/** Keeps so many rows behind the newest; a look at the two ends of a key costs nothing. */
// oxlint-disable-next-line max-params -- table, which of its rows, and how many are one question
function removeOldest(database: Database, table: string, which: string, most: number): void {
  database
    .query(`delete from ${table} where sequence <= (select max(sequence) from ${table}) - ? and ${which}`)
    .run(most)
}
