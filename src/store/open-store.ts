import type { Clock } from '../kit/clock.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { Store } from './store.ts'

/** The store's URL names an engine that there is no driver for. The message says what is supported. */
export class StoreUrlError extends Error {}

export interface OpenStoreOptions {
  /** `sqlite:<path>`, or `memory:` for a store that is gone when the process ends. */
  readonly url: string
  readonly clock: Clock
  readonly flushWithinMs?: number
  /** Opens it for a gateway, of which a store has one at a time. */
  readonly claim?: boolean
  /** Rows are written on the caller's thread, and not synced: for who fills a store before anybody serves from it. */
  readonly isFilled?: boolean
}

/**
 * Opens the store that a URL names. A path may be relative (`sqlite:gatehouse.db`) or absolute (`sqlite:/var/lib/gatehouse.db`,
 * `sqlite:///var/lib/gatehouse.db`). Rejects with StoreUrlError for any other scheme, and with StoreBusy when a gateway has claimed it.
 */
export async function openStore({ url, ...options }: OpenStoreOptions): Promise<Store> {
  if (url === 'memory:') return openSqliteStore({ ...options, path: ':memory:' })
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
    if (path === '')
      throw new StoreUrlError('the store URL `sqlite:` lacks the path of the file: sqlite:<path>')
    return openSqliteStore({ ...options, path })
  }
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? url.slice(0, 40)
  const later = /^postgres(?:ql)?:$/i.test(scheme) ? ' PostgreSQL arrives later.' : ''
  throw new StoreUrlError(
    `there is no store driver for \`${scheme}\`: use sqlite:<path>, or memory: for a trial.${later}`,
  )
}
