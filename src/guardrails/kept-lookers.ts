import { sha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import { inTurns } from '../kit/steps.ts'
import type { Looker } from './looker.ts'

/** Lookers that were made before. */
export interface ReuseLooker {
  /** Gives what was made of the same options before, or makes it. What is wrong is not kept. */
  <Problem>(key: string, make: () => Looker | Problem): Looker | Problem
  /**
   * Makes it so that others have their turn after each step, and keeps it. Gives nothing where it is there already.
   *
   * @param afterTurn calls back when others have had their turn
   */
  prepare?<Problem>(
    key: string,
    steps: () => Generator<undefined, Looker | Problem>,
    afterTurn: (action: () => void) => void,
  ): Promise<void> | undefined
}

/** Keeps lookers from one plan to the next: a list of a million words takes a while to compile, and is mostly the same one. */
export function keepLookers(): ReuseLooker {
  const kept = createLru<string, Looker>(LIMITS.keptLookers)
  const keep = <Problem>(key: string, made: Looker | Problem): Looker | Problem => {
    if (isLooker(made)) kept.set(key, made)
    return made
  }
  const reuse = <Problem>(options: string, make: () => Looker | Problem): Looker | Problem => {
    // Lists are long: what is kept is kept by their hash.
    const key = sha256Hex(options)
    return kept.get(key) ?? keep(key, make())
  }
  const prepare: ReuseLooker['prepare'] = (options, steps, afterTurn) => {
    const key = sha256Hex(options)
    if (kept.get(key) !== undefined) return undefined
    return inTurns(steps(), afterTurn).then((made) => void keep(key, made))
  }
  return Object.assign(reuse, { prepare })
}

function isLooker(made: unknown): made is Looker {
  return typeof made === 'object' && made !== null && 'look' in made
}
