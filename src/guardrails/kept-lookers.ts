import { sha256Hex } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import type { Looker } from './looker.ts'

/** Makes a looker a step at a time, or finds what is wrong. */
export type LookerSteps<Problem> = () => Generator<undefined, Looker | Problem>

/** Lookers that were made before. */
export interface ReuseLooker {
  /** Gives what was made of the same options before, or makes it, all steps at once. What is wrong is not kept. */
  <Problem>(key: string, steps: LookerSteps<Problem>): Looker | Problem
  /**
   * Makes it so that others have their turn after each step, and keeps it. Absent where it is there already.
   *
   * @param afterTurn calls back when others have had their turn
   */
  prepare<Problem>(
    key: string,
    steps: LookerSteps<Problem>,
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
  const reuse = <Problem>(options: string, steps: LookerSteps<Problem>): Looker | Problem => {
    // Lists are long: what is kept is kept by their hash.
    const key = sha256Hex(options)
    return kept.get(key) ?? keep(key, toEnd(steps()))
  }
  const prepare: ReuseLooker['prepare'] = (options, steps, afterTurn) => {
    const key = sha256Hex(options)
    if (kept.get(key) !== undefined) return undefined
    const making = steps()
    return new Promise((resolve, reject) => {
      const go = (): void => {
        try {
          const step = making.next()
          if (step.done !== true) return afterTurn(go)
          keep(key, step.value)
          resolve()
        } catch (thrown) {
          reject(thrown)
        }
      }
      go()
    })
  }
  return Object.assign(reuse, { prepare })
}

function isLooker(made: unknown): made is Looker {
  return typeof made === 'object' && made !== null && 'look' in made
}

/** All steps, one after the other. */
function toEnd<Result>(steps: Generator<undefined, Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
