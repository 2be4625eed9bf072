import type { Clock } from '../kit/clock.ts'

/** What others may be held up by, milliseconds: work that takes no longer is not followed by a rest. */
const UNNOTICED_MS = 3
/** A rest lasts so many times as long as the work before it, which so takes little more than a hundredth of the time. */
const REST_TIMES = 75
/** The longest rest: on a busy machine the clock says more than the work was. */
const LONGEST_REST_MS = 1_500

/** Spaces out the work that large bodies make, because nothing else goes on meanwhile: there is one thread. */
export interface LargeTurns {
  /** Does a piece of work when it is its owner's turn. The works of one owner follow each other; owners do not wait for others. */
  take<Result>(owner: string, work: () => Result): Promise<Result>
}

/** Creates the turns. Owners are remembered only while works of theirs wait or rest. */
export function createLargeTurns(clock: Clock): LargeTurns {
  const turns = new Map<string, Promise<void>>()

  const rest = (workedMs: number): Promise<void> =>
    new Promise((resolve) => {
      if (workedMs <= UNNOTICED_MS) resolve()
      else clock.after(Math.min(workedMs * REST_TIMES, LONGEST_REST_MS), resolve)
    })

  return {
    async take(owner, work) {
      const { promise: over, resolve: end } = Promise.withResolvers<void>()
      const before = turns.get(owner)
      turns.set(owner, over)
      await before
      const beganMs = clock.elapsedMs()
      try {
        return work()
      } finally {
        void rest(clock.elapsedMs() - beganMs).then(() => {
          if (turns.get(owner) === over) turns.delete(owner)
          end()
        })
      }
    },
  }
}
