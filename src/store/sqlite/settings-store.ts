import type { Database } from 'bun:sqlite'
import type { SettingsStore } from '../store.ts'
import { textAt, type SqlRow } from './sql-values.ts'

/** Creates the store of small facts on a connection. */
export function createSettingsStore(database: Database): SettingsStore {
  const get = (name: string): string | undefined => {
    const row = database.query<SqlRow, [string]>('select value from settings where name = ?').get(name)
    return row === null ? undefined : textAt(row, 'value')
  }
  return {
    get: async (name) => get(name),
    async setOnce(name, value) {
      database.query('insert into settings values (?, ?) on conflict (name) do nothing').run(name, value)
      return get(name) ?? value
    },
    async set(name, value) {
      database
        .query('insert into settings values (?, ?) on conflict (name) do update set value = excluded.value')
        .run(name, value)
    },
  }
}
