import type { Acceptance } from '../../exchange/acceptance.ts'
import type { Begun } from '../../exchange/begun.ts'
import type { Attempt } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { PaceTerms } from '../../exchange/pace-terms.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Lineup } from './lineup.ts'
import { inWords, Rejection } from './rejection.ts'

/** An answer that may be given although it is not good enough. */
export interface Spare {
  readonly attempt: Attempt
  readonly response: ModelResponse
}

/** What has been rejected in a contest: how often, the best of it, and which rung is reached. */
export class Rungs {
  readonly #accept: Acceptance | undefined
  readonly #lineup: Pick<Lineup, 'passOver'>
  #count = 0
  /** Was that the last failure? */
  #wasRejected = false
  #best: { readonly attempt: Attempt; readonly rejection: Rejection } | undefined

  constructor(accept: Acceptance | undefined, lineup: Pick<Lineup, 'passOver'>) {
    this.#accept = accept
    this.#lineup = lineup
  }

  /**
   * What an attempt that begins now is begun as.
   *
   * @param ordinal 1 for the first of the contest
   * @param isRepeat was its target asked before?
   * @param beside what it is begun for where it runs beside others
   */
  begun(ordinal: number, isRepeat: boolean, beside: PaceTerms['kind'] | undefined): Begun {
    const isLooked = this.#accept !== undefined
    const follows = isRepeat ? 'retry' : (beside ?? (this.#wasRejected ? 'rung' : 'fallback'))
    const begunFor = ordinal === 1 ? 'first' : follows
    return isLooked ? { for: begunFor, rung: this.#count + 1 } : { for: begunFor }
  }

  /** An attempt has failed; true when no further one is to be asked for a better answer. */
  lost(attempt: Attempt, failure: Failure): boolean {
    this.#wasRejected = failure instanceof Rejection
    if (!(failure instanceof Rejection)) return false
    this.#count += 1
    this.#lineup.passOver(attempt.target.model)
    const { held, objections } = failure
    // Of equals the later one, whose model is mostly the better one.
    const isBest =
      held !== undefined && objections.length <= (this.#best?.rejection.objections.length ?? Infinity)
    if (isBest) this.#best = { attempt, rejection: failure }
    return this.#count >= LIMITS.rungs
  }

  /** What is given when nothing better came, with a notice; undefined where nothing was rejected, or the route rather fails. */
  best(): Spare | undefined {
    const { attempt, rejection } = this.#best ?? {}
    if (attempt === undefined || rejection?.held === undefined || this.#accept?.otherwise === 'fail')
      return undefined
    attempt.notices.add('answer.rejected', inWords(rejection.objections))
    return { attempt, response: rejection.held }
  }
}
