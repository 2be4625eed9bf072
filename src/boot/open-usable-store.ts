import { openStore, StoreUrlError, type OpenStoreOptions } from '../store/open-store.ts'
import { StoreBusy, type Store } from '../store/store.ts'

/** The store cannot be opened; the message says which one and why, for whoever runs the gateway. */
export class StoreUnusable extends Error {}

/** Opens the store. Rejects with StoreBusy when it is claimed, and with StoreUnusable when the file is no database, damaged, of a newer version or out of reach. */
export async function openUsableStore(options: OpenStoreOptions): Promise<Store> {
  try {
    return await openStore(options)
  } catch (thrown) {
    if (thrown instanceof StoreUrlError || thrown instanceof StoreBusy) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new StoreUnusable(`The store ${options.url} cannot be used: ${reason}`, { cause: thrown })
  }
}
