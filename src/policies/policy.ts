import type { Attempt, Exchange } from '../exchange/exchange.ts'
import { toFailure } from '../exchange/failure.ts'
import type { ModelResponse } from '../exchange/response.ts'
import { whenThere, type Soon } from '../kit/soon.ts'

/** Answers an exchange. Rejects with `Failure` only. */
export type HandleExchange = (exchange: Exchange) => Promise<ModelResponse>

/** Answers an attempt. Rejects with `Failure` only. */
export type HandleAttempt = (attempt: Attempt) => Promise<ModelResponse>

/**
 * A layer of the outer onion: runs once per client request. It may refuse (throw), pass on an extended copy of the
 * exchange, tap the response on its way back, and ask to be told when the exchange is over (`trail.atEnd`).
 */
export type RequestPolicy = (next: HandleExchange) => HandleExchange

/**
 * A layer that has only a word on the way in: it gives back the exchange, as it is or extended, or throws a `Failure`. It
 * adds an asynchronous step only where it has to wait for something itself.
 */
export function onTheWayIn(extend: (exchange: Exchange) => Soon<Exchange>): RequestPolicy {
  return (next) => (exchange) => {
    let extended: Soon<Exchange>
    try {
      extended = extend(exchange)
    } catch (thrown) {
      return Promise.reject(toFailure(thrown))
    }
    return whenThere(extended, next)
  }
}

/** A layer of the inner onion: runs once per attempt. */
export type AttemptPolicy = (next: HandleAttempt) => HandleAttempt
