import { useSyncExternalStore } from 'react'
import { keepHere, keptHere } from './browser-keep.ts'

/** A choice that holds on every page and is kept in this browser, where that keeps anything. */
export interface Preference<Value extends string> {
  readonly current: () => Value
  readonly choose: (value: Value) => void
  readonly subscribe: (listener: () => void) => () => void
}

/**
 * A choice among values; the first is the usual one.
 *
 * @param name what the browser keeps it under
 */
export function createPreference<Value extends string>(
  name: string,
  values: readonly [Value, ...Value[]],
): Preference<Value> {
  const listeners = new Set<() => void>()
  const kept = keptHere(name)
  let current = values.find((value) => value === kept) ?? values[0]
  return {
    current: () => current,
    choose(value) {
      current = value
      keepHere(name, value)
      listeners.forEach((listener) => listener())
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The value now, and whenever it is chosen anew. */
export function usePreference<Value extends string>({ subscribe, current }: Preference<Value>): Value {
  return useSyncExternalStore(subscribe, current)
}
