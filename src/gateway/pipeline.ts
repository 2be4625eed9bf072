import { watchResponse, type EndListener, type Watcher } from '../exchange/watcher.ts'
import { isSemantic } from '../exchange/event.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import type { ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Trail } from '../exchange/trail.ts'
import type { Clock } from '../kit/clock.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Admission, HandleExchange } from '../policies/policy.ts'
import type { Authenticate } from '../policies/request/authenticate.ts'

/** What is composed of a plan: the judge of keys, who else has to let an exchange in, and who answers it. */
export interface Pipeline {
  readonly authenticate: Authenticate
  readonly admit: Admission
  readonly answer: HandleExchange
}

/** Counts exchanges from their entry to their end, however they end. */
export class InFlight implements EndListener {
  count = 0

  enter(trail: Trail): void {
    this.count += 1
    trail.onEnd(this)
  }

  onEnd(): void {
    this.count -= 1
  }
}

/** What all exchanges of a plan go through. */
export interface Way extends Pipeline {
  readonly inFlight: InFlight
  readonly clock: Clock
}

/** An exchange that is open, with the pipeline of the plan that it was opened under. Call one of the two, once. */
export interface OpenExchange {
  readonly exchange: Exchange
  /**
   * Has the exchange let in, for whoever answers it otherwise than by one response: a session, a job. Who was let in ends the
   * exchange (`trail.end`), and everything that was taken is given back. Throws or rejects with the `Failure` of a refusal, which
   * ends it.
   */
  enter(): MaybePromise<Exchange>
  /** Has the exchange let in and answered; it ends with the response. Rejects with `Failure`. */
  run(): Promise<ModelResponse>
}

/** Puts an exchange on its way. */
export function openExchange(exchange: Exchange, way: Way): OpenExchange {
  return new ExchangeOnItsWay(exchange, way)
}

/** Follows its exchange to the end and tells those who asked for it, so that nobody else has to wrap the response. */
class ExchangeOnItsWay implements OpenExchange, Watcher {
  readonly exchange: Exchange
  readonly #way: Way

  constructor(exchange: Exchange, way: Way) {
    this.exchange = exchange
    this.#way = way
  }

  enter(): MaybePromise<Exchange> {
    const { admit, inFlight } = this.#way
    inFlight.enter(this.exchange.trail)
    try {
      const admitted = admit(this.exchange)
      return admitted instanceof Promise ? this.#enterLater(admitted) : admitted
    } catch (thrown) {
      return this.#fail(thrown)
    }
  }

  async #enterLater(admitted: Promise<Exchange>): Promise<Exchange> {
    try {
      return await admitted
    } catch (thrown) {
      return this.#fail(thrown)
    }
  }

  async run(): Promise<ModelResponse> {
    const entered = this.enter()
    const admitted = entered instanceof Promise ? await entered : entered
    try {
      return watchResponse(await this.#way.answer(admitted), this)
    } catch (thrown) {
      return this.#fail(thrown)
    }
  }

  onChunk({ events }: ResponseChunk): void {
    const { trail, startedElapsedMs } = this.exchange
    if (trail.firstEventMs !== undefined) return
    for (const event of events) {
      if (!isSemantic(event)) continue
      trail.firstEventMs = this.#way.clock.elapsedMs() - startedElapsedMs
      return
    }
  }

  onEnd(failure?: Failure): void {
    this.exchange.trail.end(failure)
  }

  #fail(thrown: unknown): never {
    const failure = toFailure(thrown)
    this.exchange.trail.end(failure)
    throw failure
  }
}
