import type { FailedAttempt, Judgement } from '../judge.ts'

/** What a pace is told of a contest. Times are monotonic milliseconds. */
export interface ContestView {
  /** Attempts under way. */
  readonly running: number
  /** When the last of them was begun. */
  readonly lastStartMs: number
  readonly nowMs: number
  /** The attempt that has just failed, until it is answered. */
  readonly failed: FailedAttempt | undefined
}

/** Nothing is to be begun now. */
interface Wait {
  readonly action: 'wait'
  /** The pace wants to look again at this time, should no attempt have ended by then. */
  readonly untilMs?: number
}

/** What to do next: what follows a failure, a further target beside those that run, or nothing. `stop` ends all beginning. */
export type Move = Judgement | Wait

/** Says in a contest what is begun when, and when to look again. Pure. */
export interface Pace {
  /** May attempts run beside each other? Each then gets a signal of its own, by which it can be stopped alone. */
  readonly overlaps: boolean
  /** Does an answer win only when it is whole, and is held back until then? */
  readonly waitsForWhole: boolean
  /** Asked after every start, every failure, and at the time that it named. */
  readonly decide: (contest: ContestView) => Move
}
