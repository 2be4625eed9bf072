import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'

/** What others may be held up by, milliseconds: work that takes no longer is not followed by a rest. */
const UNNOTICED_MS = 3
/** Steps that take no longer together are one turn: each turn costs a timer. */
const TURN_MS = 1
/** Whoever was the only one to ask for so long does not rest: nobody waits. */
const ALONE_MS = 10_000
/** A rest lasts so many times as long as the work before it, which so takes little more than a hundredth of the time. */
const REST_TIMES = 75

/** A piece of work that can be interrupted where it yields. */
export type Steps<Result> = Generator<void, Result>

/**
 * Spaces out the work that large bodies make, because there is one thread, and nothing else goes on meanwhile: it is done step
 * by step, and who made much of it waits before the next, unless there is nobody else.
 */
export interface LargeTurns {
  /** Takes note that somebody asks for something, be it large or small. */
  meet(owner: string): void
  /** Does a piece of work when it is its owner's turn. Works of one owner follow each other; owners do not wait for others. */
  take<Result>(owner: string, steps: Iterator<void, Result>): Promise<Result>
}

/** Creates the turns. Owners are remembered only while works of theirs wait, are done or rest. */
export function createLargeTurns(clock: Clock): LargeTurns {
  const turns = new Map<string, Promise<void>>()
  let met: string | undefined
  /** When somebody asked last who was not the one before. */
  let changedMs = -Infinity
  const isAlone = (owner: string): boolean => met === owner && clock.elapsedMs() - changedMs > ALONE_MS
  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))

  return {
    meet(owner) {
      if (met === owner) return
      if (met !== undefined) changedMs = clock.elapsedMs()
      met = owner
    },
    async take(owner, steps) {
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      const before = turns.get(owner)
      turns.set(owner, over)
      await before
      let workedMs = 0
      let pausedMs = 0
      try {
        for (;;) {
          const beganMs = clock.elapsedMs()
          const step = timed(steps, () => (workedMs += clock.elapsedMs() - beganMs))
          if (step.done === true) return step.value
          if (workedMs - pausedMs < TURN_MS) continue
          pausedMs = workedMs
          await pause(0)
        }
      } finally {
        const isUnnoticed = workedMs <= UNNOTICED_MS || isAlone(owner)
        const restMs = isUnnoticed ? 0 : Math.min(workedMs * REST_TIMES, LIMITS.largeBodyRestMs)
        void (restMs === 0 ? Promise.resolve() : pause(restMs)).then(() => {
          if (turns.get(owner) === over) turns.delete(owner)
          end()
        })
      }
    },
  }
}

/** One step, after which the time is taken however it ends. */
function timed<Result>(steps: Iterator<void, Result>, take: () => void): IteratorResult<void, Result> {
  try {
    return steps.next()
  } finally {
    take()
  }
}
