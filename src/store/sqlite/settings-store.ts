import type { Database } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'
import type { SettingsStore } from '../store.ts'
import { textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

/** Creates the store of small facts on a connection. */
export function createSettingsStore(database: Database, clock: Clock): SettingsStore {
  const get = (name: string): string | undefined => {
    const row = database.query<SqlRow, [string]>('select value from settings where name = ?').get(name)
    return row === null ? undefined : textAt(row, 'value')
  }
  return {
    get: (name) => whenFree(clock, () => get(name)),
    setOnce: (name, value) =>
      whenFree(clock, () => {
        // Asked first, because even an insert that changes nothing waits for whoever writes.
        const known = get(name)
        if (known !== undefined) return known
        database.query('insert into settings values (?, ?) on conflict (name) do nothing').run(name, value)
        return get(name) ?? value
      }),
    set: (name, value) =>
      whenFree(clock, () => {
        database
          .query('insert into settings values (?, ?) on conflict (name) do update set value = excluded.value')
          .run(name, value)
      }),
  }
}
