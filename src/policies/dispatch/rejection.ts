import type { Objection } from '../../exchange/acceptance.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ModelResponse } from '../../exchange/response.ts'

/** An answer that is not good enough: a failure like any other, which holds the answer. */
export class Rejection extends Failure {
  readonly objections: readonly Objection[]
  /** All of it; absent where it was stopped. */
  readonly held: ModelResponse | undefined

  constructor(objections: readonly Objection[], held: ModelResponse | undefined) {
    super('answer-rejected', {
      message: `No model gave an answer that passed the checks of this route (${inWords(objections)}).`,
    })
    this.objections = objections
    this.held = held
  }
}

/** Who objects and why, in few words. */
export function inWords(objections: readonly Objection[]): string {
  return objections.map(({ by, reason }) => `${by}: ${reason}`).join(', ')
}
