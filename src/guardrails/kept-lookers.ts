import { sha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import type { Looker } from './looker.ts'

/** Gives what was made of the same options before, or makes it. */
export type ReuseLooker = (key: string, make: () => Looker) => Looker

/** Keeps lookers from one plan to the next: a list of a million words takes seconds to compile, and is mostly the same one. */
export function keepLookers(): ReuseLooker {
  const kept = createLru<string, Looker>(LIMITS.keptLookers)
  return (key, make) => {
    // Lists are long: what is kept is kept by their hash.
    const hash = sha256Hex(key)
    const known = kept.get(hash)
    if (known !== undefined) return known
    const made = make()
    kept.set(hash, made)
    return made
  }
}
