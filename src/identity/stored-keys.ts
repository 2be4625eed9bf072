import type { Clock, Timer } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { createEarlierUses, type EarlierUses } from './earlier-uses.ts'

/** How often the store is asked whether keys changed; a revocation by any process holds within one second. */
const POLL_MS = 250
/** How long an answer of the store is waited for before it is asked again. */
const ANSWER_MS = 2_000
const PAGE_ROWS = 500

/** All keys of the store, in memory, so that neither a slow nor a lost store turns a known key away. */
export interface StoredKeys {
  /** Changes with everything that `find` answers. */
  readonly version: number
  find(id: string): KeyRecord | undefined
  /** Reads the store now if anything changed; for whoever has just written a key. Never rejects: the next look is due anyway. */
  refresh(): Promise<void>
  /** Refuses a key from now on, whether the store can be told or not. */
  revoke(id: string, atMs: number): void
  /** How long ago the store was last asked with success, milliseconds: a revocation by another process may be as old and not known. */
  readonly staleMs: number
  /** Why the store could not be asked; undefined while it can. */
  readonly failure: string | undefined
  readonly size: number
  /** Who still presents secrets that others have replaced. */
  readonly earlierUses: EarlierUses
  close(): void
}

export interface StoredKeysNeeds {
  readonly keys: KeyStore
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Loads the keys and keeps them in step with the store. Rejects when the first load fails. */
export async function openStoredKeys(needs: StoredKeysNeeds): Promise<StoredKeys> {
  const keys = new FollowedKeys(needs)
  await keys.load()
  keys.follow()
  needs.telemetry.gauge('gatehouse_keys', () => keys.size)
  needs.telemetry.gauge('gatehouse_keys_stale_seconds', () => keys.staleMs / 1_000)
  return keys
}

class FollowedKeys implements StoredKeys {
  version = 0
  readonly earlierUses: EarlierUses
  readonly #needs: StoredKeysNeeds
  #known = new Map<string, KeyRecord>()
  /** What the store called the state that is known here. */
  #storeVersion = -1
  /** Revoked here; they stay so, whatever an older copy of the store says. */
  readonly #revoked = new Map<string, number>()
  #timer: Timer | undefined
  /** When the look began that is under way. */
  #lookingSinceMs: number | undefined
  #confirmedMs: number
  #failure: string | undefined

  constructor(needs: StoredKeysNeeds) {
    this.#needs = needs
    this.earlierUses = createEarlierUses(needs)
    this.#confirmedMs = needs.clock.elapsedMs()
  }

  get size(): number {
    return this.#known.size
  }

  get staleMs(): number {
    return Math.max(0, this.#needs.clock.elapsedMs() - this.#confirmedMs)
  }

  get failure(): string | undefined {
    return this.#failure
  }

  find(id: string): KeyRecord | undefined {
    const key = this.#known.get(id)
    const revokedAtMs = this.#revoked.size === 0 ? undefined : this.#revoked.get(id)
    if (key === undefined || revokedAtMs === undefined || key.revokedAtMs !== undefined) return key
    return { ...key, revokedAtMs }
  }

  readonly revoke = (id: string, atMs: number): void => {
    if (!this.#known.has(id)) return
    this.#revoked.set(id, atMs)
    this.version += 1
  }

  /** Asks the store whether anything changed, and reads that, or all where it cannot say what. Rejects with what the store says. */
  async load(): Promise<void> {
    const { keys, clock } = this.#needs
    const askedMs = clock.elapsedMs()
    const current = await keys.version()
    if (current !== this.#storeVersion) {
      const changed = this.#storeVersion < 0 ? undefined : await keys.changedSince(this.#storeVersion)
      if (changed === undefined) this.#replace(await loadAll(keys, clock))
      else for (const id of new Set(changed)) this.#put(id, await keys.find(id))
      this.#storeVersion = current
      for (const id of this.#revoked.keys())
        if (this.#known.get(id)?.revokedAtMs !== undefined) this.#revoked.delete(id)
    }
    this.#confirmedMs = askedMs
    this.#failure = undefined
  }

  #replace(known: Map<string, KeyRecord>): void {
    this.#known = known
    this.version += 1
  }

  #put(id: string, key: KeyRecord | undefined): void {
    if (key === undefined) this.#known.delete(id)
    else if (this.#known.size < LIMITS.keys || this.#known.has(id)) this.#known.set(id, key)
    this.version += 1
  }

  async refresh(): Promise<void> {
    const beganMs = this.#needs.clock.elapsedMs()
    this.#lookingSinceMs = beganMs
    try {
      await this.load()
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error)
      this.#needs.telemetry.count('gatehouse_key_refresh_failures_total')
      this.#needs.telemetry.log(
        'warn',
        'the keys could not be read again; the ones in memory stay in force',
        {
          error,
        },
      )
    } finally {
      if (this.#lookingSinceMs === beganMs) this.#lookingSinceMs = undefined
    }
  }

  /** Looks again and again. The next look is due before this one begins: nothing that goes wrong here ends the looking. */
  follow(): void {
    const { clock } = this.#needs
    this.#timer = clock.after(POLL_MS, () => this.follow())
    const isWaiting =
      this.#lookingSinceMs !== undefined && clock.elapsedMs() - this.#lookingSinceMs < ANSWER_MS
    if (!isWaiting) void this.refresh()
  }

  close(): void {
    this.#timer?.cancel()
  }
}

/** Page by page, with a rest between two: an embedded store answers at once, and a hundred thousand keys would keep every request waiting. */
async function loadAll(keys: KeyStore, clock: Clock): Promise<Map<string, KeyRecord>> {
  const loaded = new Map<string, KeyRecord>()
  let after: string | undefined
  do {
    const page = await keys.list({ limit: PAGE_ROWS, ...defined({ after }) })
    for (const key of page.rows) loaded.set(key.id, key)
    after = page.next
    if (after !== undefined) await new Promise<void>((resolve) => clock.after(0, resolve))
  } while (after !== undefined && loaded.size < LIMITS.keys)
  return loaded
}
