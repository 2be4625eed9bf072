import type { Random } from '../../src/kit/random.ts'
import type { EventQueue } from './event-queue.ts'

/** A time in which an endpoint is not itself. */
export interface Trouble {
  readonly fromMs: number
  readonly untilMs: number
  /** Everything takes so many times as long. */
  readonly slower?: number
  /** The share of calls that fail at once. */
  readonly failing?: number
}

export interface EndpointScript {
  /** Answers that it writes at a time; more wait in a row. */
  readonly slots: number
  readonly troubles?: readonly Trouble[]
}

/** Told what becomes of a call. */
export interface Visitor {
  begun(): void
  ended(): void
  failed(): void
}

const FAILS_AFTER_MS = 50
const FIRST_TOKEN_MS = 350
/** The share of calls that take much longer for no reason. */
const TAIL_SHARE = 0.02

/** An endpoint that answers as it is scripted, in simulated time. */
export class Endpoint {
  readonly #queue: EventQueue
  readonly #random: Random
  readonly #script: EndpointScript
  readonly #waiting: (() => void)[] = []
  #busy = 0
  served = 0

  constructor(queue: EventQueue, random: Random, script: EndpointScript) {
    this.#queue = queue
    this.#random = random
    this.#script = script
  }

  call(tokens: number, visitor: Visitor): void {
    this.served += 1
    const { failing = 0 } = this.#trouble() ?? {}
    if (this.#random.next() < failing) {
      this.#queue.at(this.#queue.nowMs + FAILS_AFTER_MS, () => visitor.failed())
      return
    }
    const start = (): void => this.#answer(tokens, visitor)
    if (this.#busy < this.#script.slots) start()
    else this.#waiting.push(start)
  }

  #answer(tokens: number, visitor: Visitor): void {
    this.#busy += 1
    const { slower = 1 } = this.#trouble() ?? {}
    const firstMs = slower * firstTokenMs(this.#random)
    const writingMs = slower * tokens * (10 + 4 * this.#random.next())
    this.#queue.at(this.#queue.nowMs + firstMs, () => visitor.begun())
    this.#queue.at(this.#queue.nowMs + firstMs + writingMs, () => {
      this.#busy -= 1
      visitor.ended()
      this.#waiting.shift()?.()
    })
  }

  #trouble(): Trouble | undefined {
    const { nowMs } = this.#queue
    return this.#script.troubles?.find(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs)
  }
}

function firstTokenMs(random: Random): number {
  const usual = FIRST_TOKEN_MS * Math.exp(0.4 * normal(random))
  return random.next() < TAIL_SHARE ? usual + 1_000 + 4_000 * random.next() : usual
}

/** A draw from the normal distribution (Box and Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}
