import { createMemoryCounters } from './memory/counters.ts'
import { StoreUrlError } from './open-store.ts'
import type { CounterStore } from './store.ts'

/**
 * Opens the counters that a URL names: `memory:`, those of a single process. Throws StoreUrlError for any other scheme, as
 * `openStore` does.
 */
export function openCounters(url: string): CounterStore {
  if (url === 'memory:') return createMemoryCounters()
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? url.slice(0, 40)
  const later = /^(?:redis|valkey)s?:$/i.test(scheme) ? ' Redis and Valkey arrive later.' : ''
  throw new StoreUrlError(`there is no driver of counters for \`${scheme}\`: use memory:.${later}`)
}
