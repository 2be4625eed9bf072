import type { QueueTerms } from '../../exchange/cap.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { abortFailure, Failure, toFailure } from '../../exchange/failure.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import { FairQueue } from '../../kit/fair-queue.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'

/** A limit that says no more is asked again after this. */
const AGAIN_MS = 1_000

/** What a line is made of. */
export interface LineParts {
  readonly limit: Admission
  /** Whose limits it is for, for the decision. */
  readonly name: string
  /** Has one of these limits refused? Who is held up by another one must not hold up those behind him. */
  readonly isItsOwn: (refusal: Failure) => boolean
  readonly terms: QueueTerms
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Nobody waits any more. */
  readonly forget: () => void
}

/** Who waits for the limits of one account. Whoever is first asks again when there may be room, and nobody passes him by. */
export class LimitLine {
  readonly #parts: LineParts
  readonly #queue: FairQueue<Waiting>
  #first: Waiting | undefined
  #timer: Timer | undefined
  #isServing = false
  #isWoken = false

  constructor(parts: LineParts) {
    this.#parts = parts
    this.#queue = new FairQueue(parts.terms.max)
  }

  /**
   * Waits until the limit lets the exchange in. Rejects as the limit does when its time is over, or when there is no room to wait.
   *
   * @param refusal what the limit has said; absent for who comes while others wait
   */
  wait(exchange: Exchange, refusal?: Failure): Promise<Exchange> {
    const { clock, terms, name, telemetry } = this.#parts
    const patienceMs = Math.min(terms.waitMs, exchange.deadlineAtMs - clock.nowMs())
    const party = exchange.caller.owners.key ?? ''
    const position = this.#queue.size + (this.#first === undefined ? 1 : 2)
    const waiting = new Waiting({ exchange, clock, refusal: refusal ?? fullLine(name), patienceMs })
    const sinceMs = clock.elapsedMs()
    const tell = (outcome: 'entered' | 'refused' | 'left'): void => {
      const waitedMs = Math.round(clock.elapsedMs() - sinceMs)
      telemetry.count('gatehouse_limited_waits_total', { outcome })
      telemetry.observe('gatehouse_queue_wait_seconds', waitedMs / 1_000)
      exchange.trail.decide({ step: 'queue', gate: name, outcome, position, waitedMs })
    }
    this.#queue.push(party, waiting)?.end()
    if (refusal !== undefined && !this.#isServing) this.#wakeAfter(refusal.details.retryAfterMs ?? AGAIN_MS)
    return waiting.answer.then(
      (admitted) => {
        tell('entered')
        return admitted
      },
      (thrown: unknown) => {
        this.#queue.remove(party, waiting)
        tell(exchange.signal.aborted ? 'left' : 'refused')
        throw thrown
      },
    )
  }

  isItsOwn(refusal: Failure): boolean {
    return this.#parts.isItsOwn(refusal)
  }

  /** There may be room now. */
  wake(): void {
    if (this.#isServing) this.#isWoken = true
    else void this.#serve()
  }

  #wakeAfter(ms: number): void {
    this.#timer?.cancel()
    this.#timer = this.#parts.clock.after(ms, () => this.wake())
  }

  async #serve(): Promise<void> {
    this.#isServing = true
    let pauseMs: number | undefined
    do {
      this.#isWoken = false
      pauseMs = await this.#letIn()
    } while (this.#isWoken)
    this.#isServing = false
    if (pauseMs !== undefined) this.#wakeAfter(pauseMs)
    else {
      this.#timer?.cancel()
      this.#parts.forget()
    }
  }

  /** Lets in one after the other. Gives the time after which the next one may ask again; undefined where nobody is left. */
  async #letIn(): Promise<number | undefined> {
    for (;;) {
      this.#first ??= this.#queue.shift()
      if (this.#first === undefined) return undefined
      const refusal = await this.#first.try(this.#parts)
      if (refusal !== undefined) return refusal.details.retryAfterMs ?? AGAIN_MS
      this.#first = undefined
    }
  }
}

function fullLine(name: string): Failure {
  return new Failure('rate-limited', {
    message: `Requests already wait for the limits of ${name}. Wait and try again.`,
    retryAfterMs: AGAIN_MS,
  })
}

interface WaitingParts {
  readonly exchange: Exchange
  readonly clock: Clock
  readonly refusal: Failure
  readonly patienceMs: number
}

/** A request that waits. */
class Waiting {
  readonly #exchange: Exchange
  readonly #over = Promise.withResolvers<Exchange>()
  readonly #timer: Timer
  readonly #leave: () => void
  /** What it is refused with when its time is over. */
  #refusal: Failure
  #isTrying = false
  #isOver = false

  constructor({ exchange, clock, refusal, patienceMs }: WaitingParts) {
    this.#exchange = exchange
    this.#refusal = refusal
    this.#timer = clock.after(patienceMs, () => this.end())
    this.#leave = () => this.end(abortFailure(exchange.signal))
    exchange.signal.addEventListener('abort', this.#leave)
  }

  get answer(): Promise<Exchange> {
    return this.#over.promise
  }

  /** It waits no longer. Where it is just being asked whether there is room, that has the last word. */
  end(failure = this.#refusal): void {
    this.#refusal = failure
    this.#isOver = true
    if (!this.#isTrying) this.#settle(() => this.#over.reject(this.#refusal))
  }

  /** Asks the limit. Gives its refusal where it goes on waiting. */
  async try({ limit, isItsOwn }: Pick<LineParts, 'limit' | 'isItsOwn'>): Promise<Failure | undefined> {
    if (this.#isOver) return undefined
    this.#isTrying = true
    try {
      const admitted = await limit(this.#exchange)
      this.#settle(() => this.#over.resolve(admitted))
      return undefined
    } catch (thrown) {
      const failure = toFailure(thrown)
      this.#isTrying = false
      const goesOn = isItsOwn(failure) && failure.details.retryAfterMs !== undefined
      if (!this.#isOver && goesOn) {
        this.#refusal = failure
        return failure
      }
      this.end(this.#isOver ? this.#refusal : failure)
      return undefined
    }
  }

  #settle(tell: () => void): void {
    this.#isOver = true
    this.#timer.cancel()
    this.#exchange.signal.removeEventListener('abort', this.#leave)
    tell()
  }
}
