import type { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { sizeOf } from './said-so-far.ts'

/** An estimate of the memory that an event takes besides its text. */
const EVENT_BYTES = 128

/** What a leader sees of the call that he leads. */
export interface LeadsFlight {
  readonly isOver: boolean
  readonly defect: Error | undefined
  pump(): void
  onLeadGone(reason: Failure): void
}

/** Whoever asked first. He reads the chunks as they came, the provider's own bytes with them. */
export class Lead implements ChunkSource {
  readonly #flight: LeadsFlight
  /** What others have fetched before he wanted it. */
  #left: ResponseChunk[] = []
  #bytes = 0
  #waiting: PromiseWithResolvers<ResponseChunk | undefined> | undefined
  #isAsking = false
  #leftBy: Failure | undefined

  constructor(flight: LeadsFlight) {
    this.#flight = flight
  }

  get isGone(): boolean {
    return this.#leftBy !== undefined
  }

  get isWaiting(): boolean {
    return !this.isGone && this.#isAsking && this.#left.length === 0
  }

  /** May others fetch more? */
  hasRoom(mostBytes: number): boolean {
    return this.isGone || this.#bytes <= mostBytes
  }

  give(chunk: ResponseChunk): void {
    if (this.isGone) return
    this.#left.push(chunk)
    this.#bytes += weigh(chunk)
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    this.#isAsking = true
    if (this.#left.length === 0) this.#flight.pump()
    if (this.#hasAnswer()) return this.#take()
    this.#waiting ??= Promise.withResolvers()
    return this.#waiting.promise
  }

  cancel(reason: Failure): void {
    if (this.isGone) return
    this.#leftBy = reason
    this.#left = []
    this.#bytes = 0
    const { isOver } = this.#flight
    this.#flight.onLeadGone(reason)
    // Whoever waits for the next of a unary answer is told of it there.
    if (!isOver) this.wake()
  }

  /** Something came, or it is over. */
  wake(): void {
    const waiting = this.#waiting
    if (waiting === undefined || !this.#hasAnswer()) return
    this.#waiting = undefined
    try {
      waiting.resolve(this.#take())
    } catch (defect) {
      waiting.reject(defect)
    }
  }

  #hasAnswer(): boolean {
    return this.#left.length > 0 || this.isGone || this.#flight.isOver
  }

  #take(): ResponseChunk | undefined {
    this.#isAsking = false
    const chunk = this.#left.shift()
    if (chunk !== undefined) {
      this.#bytes -= weigh(chunk)
      if (this.#left.length === 0) this.#flight.pump()
      return chunk
    }
    if (this.#leftBy !== undefined) return { events: [{ type: 'failure', failure: this.#leftBy }] }
    if (this.#flight.defect !== undefined) throw this.#flight.defect
    return undefined
  }
}

function weigh({ wire, events }: ResponseChunk): number {
  const own = events.length * EVENT_BYTES
  return own + (wire?.length ?? events.reduce((bytes, event) => bytes + sizeOf(event), 0))
}
