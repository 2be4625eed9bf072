import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** How often the store is asked whether keys changed; a revocation by any process holds within one second. */
const POLL_MS = 250
const PAGE_ROWS = 500

/** All keys of the store, in memory, so that neither a slow nor a lost store turns a known key away. */
export interface StoredKeys {
  find(id: string): KeyRecord | undefined
  /** Reads the store now if anything changed; for whoever has just written a key. */
  refresh(): Promise<void>
  readonly size: number
  close(): void
}

export interface StoredKeysNeeds {
  readonly keys: KeyStore
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Loads the keys and keeps them in step with the store. Rejects when the first load fails. */
export async function openStoredKeys({ keys, clock, telemetry }: StoredKeysNeeds): Promise<StoredKeys> {
  let known = new Map<string, KeyRecord>()
  let version = -1
  let timer: Timer | undefined
  let closed = false

  const refresh = async (): Promise<void> => {
    const current = await keys.version()
    if (current === version) return
    known = await loadAll(keys, clock)
    version = current
  }
  const poll = async (): Promise<void> => {
    try {
      await refresh()
    } catch (error) {
      telemetry.count('gatehouse_key_refresh_failures_total')
      telemetry.log('warn', 'the keys could not be read again; the ones in memory stay in force', { error })
    }
    if (!closed) timer = clock.after(POLL_MS, () => void poll())
  }

  await refresh()
  timer = clock.after(POLL_MS, () => void poll())
  telemetry.gauge('gatehouse_keys', () => known.size)
  return {
    find: (id) => known.get(id),
    refresh,
    get size() {
      return known.size
    },
    close() {
      closed = true
      timer?.cancel()
    },
  }
}

/** Page by page, with a rest between two: an embedded store answers at once, and a hundred thousand keys would keep every request waiting. */
async function loadAll(keys: KeyStore, clock: Clock): Promise<Map<string, KeyRecord>> {
  const loaded = new Map<string, KeyRecord>()
  let after: string | undefined
  do {
    const page = await keys.list({ limit: PAGE_ROWS, ...(after === undefined ? {} : { after }) })
    for (const key of page.rows) loaded.set(key.id, key)
    after = page.next
    if (after !== undefined) await new Promise<void>((resolve) => clock.after(0, resolve))
  } while (after !== undefined && loaded.size < LIMITS.keys)
  return loaded
}
