import { watchResponse, type Watcher } from '../../exchange/ending.ts'
import { isSemantic } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { toFailure, type Failure } from '../../exchange/failure.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { Clock } from '../../kit/clock.ts'
import type { RequestPolicy } from '../policy.ts'

/**
 * Creates the outermost layer, the only one that follows an exchange to its end: it tells the layers that asked for it
 * (`trail.atEnd`), once, however the exchange ended, and notes when the first semantic event was handed on. So a layer that
 * takes something on the way in and gives it back at the end adds no asynchronous step to either way.
 */
export function createConclude({ clock }: { readonly clock: Clock }): RequestPolicy {
  return (next) => async (exchange) => {
    try {
      return watchResponse(await next(exchange), new Conclusion(exchange, clock))
    } catch (thrown) {
      const failure = toFailure(thrown)
      exchange.trail.end(failure)
      throw failure
    }
  }
}

class Conclusion implements Watcher {
  readonly #exchange: Exchange
  readonly #clock: Clock

  constructor(exchange: Exchange, clock: Clock) {
    this.#exchange = exchange
    this.#clock = clock
  }

  look({ events }: ResponseChunk): void {
    const { trail, startedElapsedMs } = this.#exchange
    if (trail.firstEventMs !== undefined) return
    for (const event of events) {
      if (!isSemantic(event)) continue
      trail.firstEventMs = this.#clock.elapsedMs() - startedElapsedMs
      return
    }
  }

  ended(failure?: Failure): void {
    this.#exchange.trail.end(failure)
  }
}
