/** A map that never holds more than `capacity` entries; the least recently used leaves first. */
export interface Lru<K, V> {
  get(key: K): V | undefined
  set(key: K, value: V): void
  delete(key: K): void
  clear(): void
  /** From the least to the most recently used. */
  values(): IterableIterator<V>
  readonly size: number
}

/**
 * Creates a bounded map. Relies on `Map` keeping insertion order: touching an entry moves it to the end.
 *
 * @param capacity entries, ≥ 1
 * @param onEvict told each value that had to leave for lack of room (not those deleted, replaced or cleared)
 */
export function createLru<K, V>(capacity: number, onEvict?: (value: V) => void): Lru<K, V> {
  const entries = new Map<K, V>()
  let newest: K | undefined
  return {
    get(key) {
      const value = entries.get(key)
      // A hot entry is asked for again and again; it is at the end already.
      if (value === undefined || key === newest) return value
      entries.delete(key)
      entries.set(key, value)
      newest = key
      return value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      newest = key
      if (entries.size <= capacity) return
      const [oldest] = entries
      if (oldest === undefined) return
      entries.delete(oldest[0])
      onEvict?.(oldest[1])
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
    values: () => entries.values(),
    get size() {
      return entries.size
    },
  }
}
