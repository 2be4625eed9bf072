import { requestFeatures, type Attempt } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Watcher } from '../../exchange/watcher.ts'
import type { Clock } from '../../kit/clock.ts'
import type { WarmPlaces } from '../../routing/warm-places.ts'
import type { AttemptAdmission } from '../policy.ts'

/** What is consulted for a choice is rounded, so that a record of it replays the choice. */
const DIGITS = 3

/** Creates the admission that remembers who has answered what is kept together, and so has it in its cache. */
export function createRememberWarmth(places: WarmPlaces, clock: Clock): AttemptAdmission {
  return (attempt) => {
    const { trail, route } = attempt.exchange
    const key = trail.affinity?.hash
    if (key === undefined || route?.affinity === undefined) return undefined
    return new Memo({ places, clock, key, ttlMs: route.affinity.ttlMs }, attempt)
  }
}

interface MemoParts {
  readonly places: WarmPlaces
  readonly clock: Clock
  readonly key: number
  readonly ttlMs: number
}

class Memo implements Watcher {
  readonly #parts: MemoParts
  readonly #attempt: Attempt

  constructor(parts: MemoParts, attempt: Attempt) {
    this.#parts = parts
    this.#attempt = attempt
  }

  onEnd(failure?: Failure): void {
    if (failure !== undefined) return
    const { places, clock, key, ttlMs } = this.#parts
    const { exchange, target } = this.#attempt
    const tokens = Number(requestFeatures(exchange).inputTokens.toPrecision(DIGITS))
    places.remember(key, { target: target.id, tokens }, clock.elapsedMs() + ttlMs)
  }
}
