import type { Cap } from '../exchange/cap.ts'
import { FairQueue } from '../kit/fair-queue.ts'

/** What an adaptive limit is lowered to when the provider has enough. */
const LOWERED = 0.7

/** Somebody who waits at a gate, and tries again when there is room. */
export interface Waiter {
  readonly party: string
  /** Goes through now, or waits elsewhere. */
  retry(): void
  /** There is no room for him any more, not even to wait. */
  refuse(): void
}

/** How the call of somebody who went through has ended. */
export type CallOutcome = 'well' | 'too-much' | 'other'

/** Lets as many through at a time as its cap says. An adaptive one learns how many that are: one more for every round that went well, far fewer after a limit. */
export class Gate {
  #cap: Cap
  #limit: number
  #inUse = 0
  #loweredAtMs = Number.NEGATIVE_INFINITY
  readonly #queue: FairQueue<Waiter>

  constructor(cap: Cap) {
    this.#cap = cap
    this.#limit = cap.limit
    this.#queue = new FairQueue(cap.queue?.max ?? 0)
  }

  get cap(): Cap {
    return this.#cap
  }

  /** Takes over what a new plan says of it. */
  follow(cap: Cap): void {
    if (cap === this.#cap) return
    if (!cap.adapts || this.#limit === this.#cap.limit) this.#limit = cap.limit
    this.#limit = Math.min(this.#limit, cap.limit)
    this.#cap = cap
  }

  /** How many may go through at a time now. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  get hasRoom(): boolean {
    return this.#inUse < this.limit
  }

  get inUse(): number {
    return this.#inUse
  }

  get waiting(): number {
    return this.#queue.size
  }

  /** True when nobody would miss it. */
  get isIdle(): boolean {
    return this.#inUse === 0 && this.#queue.size === 0 && this.#limit >= this.#cap.limit
  }

  enter(): void {
    this.#inUse += 1
  }

  /**
   * Somebody who went through is done.
   *
   * @param enteredAtMs when he went through; monotonic, as `nowMs`
   */
  leave(outcome: CallOutcome, enteredAtMs: number, nowMs: number): void {
    this.#inUse -= 1
    if (this.#cap.adapts) this.#adapt(outcome, enteredAtMs, nowMs)
    this.wake()
  }

  /** Has those who wait try again, as far as there is room. */
  wake(): void {
    for (let tries = this.#queue.size; tries > 0 && this.hasRoom; tries -= 1) this.#queue.shift()?.retry()
  }

  /** Has somebody wait. Who has to go for him, another or he himself, is refused. */
  wait(waiter: Waiter): void {
    this.#queue.push(waiter.party, waiter)?.refuse()
  }

  giveUp(waiter: Waiter): void {
    this.#queue.remove(waiter.party, waiter)
  }

  #adapt(outcome: CallOutcome, enteredAtMs: number, nowMs: number): void {
    if (outcome === 'well') this.#limit = Math.min(this.#cap.limit, this.#limit + 1 / this.#limit)
    // Those who went through before it was lowered tell the same story once more.
    else if (outcome === 'too-much' && enteredAtMs >= this.#loweredAtMs) {
      this.#limit = Math.max(1, Math.min(this.#limit, this.#inUse + 1) * LOWERED)
      this.#loweredAtMs = nowMs
    }
  }
}
