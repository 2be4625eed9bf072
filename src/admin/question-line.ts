import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { AdminProblem } from './problem.ts'

/** Has long questions answered one after the other: who asks meanwhile waits, a few at a time and not for long. */
export class QuestionLine {
  readonly #clock: Pick<Clock, 'elapsedMs'>
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(clock: Pick<Clock, 'elapsedMs'>) {
    this.#clock = clock
  }

  /** Rejects with AdminProblem `not-now` where too many wait, and after too long a wait; else as `answer` does, which must end. */
  async answer<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    if (this.#waiting > LIMITS.questionsWaiting)
      throw new AdminProblem('not-now', { detail: 'Too many such questions wait for their answer.' })
    const askedMs = this.#clock.elapsedMs()
    this.#waiting += 1
    const answered = this.#last.then(() => {
      if (this.#clock.elapsedMs() - askedMs <= LIMITS.questionWaitMs) return answer()
      throw new AdminProblem('not-now', { detail: 'Other such questions took too long. Ask again.' })
    })
    this.#last = answered.catch(() => undefined)
    try {
      return await answered
    } finally {
      this.#waiting -= 1
    }
  }
}
