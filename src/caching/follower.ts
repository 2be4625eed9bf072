import type { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import { atTheStart, type SaidSoFar } from './said-so-far.ts'

/** What a follower sees of the call that he follows. */
interface FollowedFlight<Head> {
  readonly head: Head | undefined
  readonly failure: Failure | undefined
  readonly isOver: boolean
  readonly isClosed: boolean
  wants(isHungry: boolean): void
  leave(follower: Follower<Head>, reason?: Failure): void
}

/** Somebody who reads the answer to a call that another has made: what was said so far at once, and then as it comes. */
export class Follower<Head> implements ChunkSource {
  readonly place = atTheStart()
  readonly #flight: FollowedFlight<Head>
  readonly #record: SaidSoFar
  readonly #isPatient: boolean
  #waiting: PromiseWithResolvers<void> | undefined
  #gaveUp: Failure | undefined
  #isDone = false

  /** @param isPatient reads nothing before the end, where that may be: until then nothing of it counts */
  constructor(flight: FollowedFlight<Head>, record: SaidSoFar, isPatient: boolean) {
    this.#flight = flight
    this.#record = record
    this.#isPatient = isPatient
  }

  /**
   * Waits until there is something to read. Gives what is told of the answer; the failure where the call came to nothing of which
   * anything was told here. Rejects with what `giveUp` was told.
   */
  async arrive(): Promise<Head | Failure> {
    for (;;) {
      if (this.#gaveUp !== undefined) throw this.#gaveUp
      const { head, failure, isOver } = this.#flight
      if (failure !== undefined && (this.#isPatient || head === undefined)) {
        this.#leave()
        return failure
      }
      if (head !== undefined && (isOver || !this.#waitsForAll)) return head
      await this.#more()
    }
  }

  /** The call is read on at the end, but for what cannot be told from the beginning then. */
  get #waitsForAll(): boolean {
    return this.#isPatient && !this.#flight.isClosed
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    if (this.#isDone) return undefined
    if (this.#gaveUp !== undefined) return this.#last(this.#gaveUp)
    const events = this.#record.readFrom(this.place)
    if (events !== undefined) {
      const last = events.at(-1)?.type
      if (last === 'end' || last === 'failure') this.#leave()
      return { events }
    }
    const { isOver, failure } = this.#flight
    if (isOver && failure !== undefined) return this.#last(failure)
    if (isOver) {
      this.#leave()
      return undefined
    }
    return this.#more().then(() => this.next())
  }

  cancel(reason: Failure): void {
    this.giveUp(reason)
    this.#isDone = true
  }

  /** He is not to be told any more of it; whatever he waits for fails. Harmless when it is over. */
  giveUp(failure: Failure): void {
    if (this.#isDone || this.#gaveUp !== undefined) return
    this.#gaveUp = failure
    this.#flight.leave(this, failure)
    this.#resume()
  }

  /** Something came, or it is over. */
  wake(): void {
    if (!this.#waitsForAll || this.#flight.isOver) this.#resume()
  }

  #last(failure: Failure): ResponseChunk {
    this.#leave()
    return { events: [{ type: 'failure', failure }] }
  }

  #leave(): void {
    this.#isDone = true
    this.#flight.leave(this)
  }

  #more(): Promise<void> {
    this.#waiting ??= Promise.withResolvers()
    const { promise } = this.#waiting
    this.#flight.wants(true)
    return promise
  }

  #resume(): void {
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    this.#flight.wants(false)
    waiting.resolve()
  }
}
