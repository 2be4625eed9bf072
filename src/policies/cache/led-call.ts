import type { Flight } from '../../caching/flight.ts'
import { endedWell } from '../../caching/recorded-answer.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import { abortFailure, toFailure } from '../../exchange/failure.ts'
import type { Notice } from '../../exchange/notice.ts'
import { modelOf, type ModelResponse } from '../../exchange/response.ts'
import type { HandleExchange } from '../policy.ts'
import type { CacheQuestion } from './cache-question.ts'
import type { CachingParts } from './caching-parts.ts'
import { costOf, keepAnswer } from './kept-answer.ts'

/** Asks, for whoever asks the same as well, and keeps what is answered. Rejects with the failure of the call. */
export function leadCall(
  parts: CachingParts,
  question: CacheQuestion,
  next: HandleExchange,
): Promise<ModelResponse> {
  return new LedCall(parts, question).run(next)
}

/**
 * A call that others may read along. It belongs to whoever led it, who is charged for it, also where he has left and others go on: his
 * exchange then ends with the call. It has a signal of its own, which is aborted when nobody wants it any more.
 */
class LedCall {
  readonly #parts: CachingParts
  readonly #question: CacheQuestion
  readonly #flight: Flight
  readonly #era: number
  readonly #abort = new AbortController()
  /** What was changed before it was asked. */
  readonly #before: ReadonlySet<Notice>
  readonly #leftAlone = Promise.withResolvers<never>()
  readonly #onAbort: () => void
  #letGo: (() => void) | undefined

  constructor(parts: CachingParts, question: CacheQuestion) {
    this.#parts = parts
    this.#question = question
    const { trail, signal } = question.exchange
    this.#before = new Set(trail.notices)
    this.#onAbort = () => this.#flight.lead.cancel(abortFailure(signal))
    this.#era = parts.flights.era
    this.#flight = parts.flights.begin(question.key, {
      onOver: (said) => this.#end(said),
      onLeft: () => this.#handOver(),
      onAlone: (reason) => this.#abort.abort(reason),
    })
  }

  run(next: HandleExchange): Promise<ModelResponse> {
    const { exchange } = this.#question
    const { signal, trail } = exchange
    // The bytes still pass; what they say is read along.
    trail.claimContent('read')
    signal.addEventListener('abort', this.#onAbort)
    const answered = this.#ask(next)
    if (signal.aborted) this.#onAbort()
    return Promise.race([answered, this.#leftAlone.promise])
  }

  async #ask(next: HandleExchange): Promise<ModelResponse> {
    const { exchange } = this.#question
    try {
      const response = await next({ ...exchange, signal: this.#abort.signal })
      const { from, headers, limits, source } = response
      this.#flight.answer(
        { model: modelOf(from), notices: () => this.#notices(), cost: () => costOf(exchange.trail) },
        source,
      )
      const led = { from, headers, source: this.#flight.lead }
      return limits === undefined ? led : { ...led, limits }
    } catch (thrown) {
      const failure = toFailure(thrown)
      this.#flight.fail(failure)
      throw failure
    }
  }

  /** Others go on. Who waits for the beginning of the answer is not kept waiting; the call is his until it is over. */
  #handOver(): void {
    const { trail, signal } = this.#question.exchange
    this.#letGo = trail.goOn()
    this.#leftAlone.promise.catch(() => undefined)
    this.#leftAlone.reject(abortFailure(signal))
  }

  /** What this call has changed or dropped. */
  #notices(): readonly Notice[] {
    return this.#question.exchange.trail.notices.filter((one) => !this.#before.has(one))
  }

  #end(said: readonly ResponseEvent[] | undefined): void {
    const { exchange } = this.#question
    exchange.signal.removeEventListener('abort', this.#onAbort)
    const { head } = this.#flight
    if (head !== undefined) this.#keep(head.model, said)
    this.#letGo?.()
  }

  #keep(model: string, said: readonly ResponseEvent[] | undefined): void {
    const { exchange } = this.#question
    // It stands under the question that it answers; who reads along is given it too.
    if (exchange.trail.cache?.outcome === 'semantic') return
    const isFit = said !== undefined && endedWell(said) && this.#era === this.#parts.flights.era
    if (isFit) {
      const { operation } = exchange.request
      keepAnswer(this.#parts, this.#question, { operation, model, events: said, notices: this.#notices() })
    }
    this.#parts.telemetry.count('gatehouse_cache_answers_total', { outcome: isFit ? 'stored' : 'unfit' })
  }
}
