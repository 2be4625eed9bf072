import type { Warmth } from '../exchange/affinity.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'

/** Where conversations lie in the caches of providers, as far as this process has sent them there. */
export interface WarmPlaces {
  /** The target that answered last for a key; undefined when its cache has gone cold. */
  find(key: number, nowMs: number): Warmth | undefined
  /** A target has read a prompt, so that it lies in its cache until then. */
  remember(key: number, place: Warmth, untilMs: number): void
  /** How many are remembered. */
  readonly size: number
}

interface Remembered {
  readonly place: Warmth
  readonly untilMs: number
}

/** Creates the memory of a process; it holds the last `LIMITS.warmPlaces`. Without it a key is only where it belongs. */
export function createWarmPlaces(): WarmPlaces {
  const places = createLru<number, Remembered>(LIMITS.warmPlaces)
  return {
    find(key, nowMs) {
      const found = places.get(key)
      return found === undefined || found.untilMs <= nowMs ? undefined : found.place
    },
    remember: (key, place, untilMs) => places.set(key, { place, untilMs }),
    get size() {
      return places.size
    },
  }
}
