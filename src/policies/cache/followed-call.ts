import type { FlightHead } from '../../caching/flight.ts'
import type { Follower } from '../../caching/follower.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import { abortFailure, Failure } from '../../exchange/failure.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import { watchSource } from '../../exchange/watcher.ts'
import type { Timer } from '../../kit/clock.ts'
import { noteCache, type CachingParts } from './caching-parts.ts'
import { noteSaved, tellNotices } from './kept-answer.ts'

/**
 * Reads along the answer to a call that another has made, not longer than the own client does, nor than the own exchange may take. Gives the
 * failure where the call came to nothing before anything was told here. Rejects with `client-gone` and `deadline-exceeded`.
 */
export async function followCall(
  parts: CachingParts,
  exchange: RoutedExchange,
  follower: Follower<FlightHead>,
): Promise<ModelResponse | Failure> {
  const patience = new Patience(parts, exchange, follower)
  try {
    const head = await follower.arrive()
    if (!(head instanceof Failure)) return follow(parts, { exchange, follower, head, patience })
    patience.end()
    return head
  } catch (thrown) {
    patience.end()
    throw thrown
  }
}

interface Following {
  readonly exchange: RoutedExchange
  readonly follower: Follower<FlightHead>
  readonly head: FlightHead
  readonly patience: Patience
}

function follow(parts: CachingParts, { exchange, follower, head, patience }: Following): ModelResponse {
  const { trail, route } = exchange
  noteCache(parts, exchange, { outcome: 'coalesced' })
  tellNotices(trail, head.notices())
  const source = watchSource(follower, {
    onEnd(failure) {
      patience.end()
      tellNotices(trail, head.notices())
      if (failure === undefined) noteSaved(parts, trail, { route: route.name, saved: head.cost() })
    },
  })
  return { from: { kind: 'stored', model: head.model }, headers: {}, source }
}

/** Ends the following when the client has left, or the time of the exchange is over. */
class Patience {
  readonly #timer: Timer
  readonly #signal: AbortSignal
  readonly #onAbort: () => void

  constructor(
    { clock }: CachingParts,
    { signal, deadlineAtMs }: RoutedExchange,
    follower: Follower<FlightHead>,
  ) {
    this.#signal = signal
    this.#onAbort = () => follower.giveUp(abortFailure(signal))
    this.#timer = clock.after(Math.max(0, deadlineAtMs - clock.nowMs()), () =>
      follower.giveUp(new Failure('deadline-exceeded')),
    )
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
  }

  end(): void {
    this.#timer.cancel()
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}
