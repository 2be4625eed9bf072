import { estimateTextTokens } from '../../exchange/estimate.ts'
import { isSemantic } from '../../exchange/event.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Clock, Timer } from '../../kit/clock.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { HeldResponse } from './commit.ts'

/** So much of an answer is held, or for so long since it began to say something: enough to see how it begins, not enough to be missed. */
const PROBE_TOKENS = 48
const PROBE_MS = 800

/** The time is up before the next chunk has come. */
const LATE = Symbol('late')

/** An answer that is held until its beginning can be looked at. */
export class ProbedAnswer extends HeldResponse {
  readonly #clock: Clock
  #tokens = 0
  #timer: Timer | undefined
  #late: Promise<typeof LATE> | undefined
  /** Asked for when the time was up, and yet to come. */
  #pending: Promise<ResponseChunk | undefined> | undefined

  constructor(response: ModelResponse, clock: Clock) {
    super(response)
    this.#clock = clock
  }

  /** Waits until enough has come; gives what it was. Rejects with `Failure`. */
  async hold(): Promise<ProbedAnswer> {
    try {
      while (!this.isWhole && this.#tokens < PROBE_TOKENS) {
        const coming = this.more()
        const chunk = await this.#within(coming)
        if (chunk === LATE) {
          this.#pending = Promise.resolve(coming)
          break
        }
        this.keep(chunk)
        this.#count(chunk)
      }
      return this
    } finally {
      this.#timer?.cancel()
    }
  }

  /** Has all of it come? */
  get isOver(): boolean {
    return this.isWhole
  }

  show(): ModelResponse {
    const { source } = this.response
    return this.shown(this.#pending === undefined ? source : new PendingSource(this.#pending, source))
  }

  cancel(failure: Failure): void {
    this.response.source.cancel(failure)
  }

  #within(
    coming: MaybePromise<ResponseChunk | undefined>,
  ): MaybePromise<ResponseChunk | undefined | typeof LATE> {
    return this.#late === undefined || !(coming instanceof Promise)
      ? coming
      : Promise.race([coming, this.#late])
  }

  #count(chunk: ResponseChunk | undefined): void {
    for (const event of chunk?.events ?? []) {
      if (!isSemantic(event)) continue
      this.#late ??= new Promise((resolve) => {
        this.#timer = this.#clock.after(PROBE_MS, () => resolve(LATE))
      })
      if ('text' in event) this.#tokens += estimateTextTokens(event.text)
    }
  }
}

/** A source that was asked already. */
class PendingSource implements ChunkSource {
  #pending: Promise<ResponseChunk | undefined> | undefined
  readonly #rest: ChunkSource

  constructor(pending: Promise<ResponseChunk | undefined>, rest: ChunkSource) {
    this.#pending = pending
    this.#rest = rest
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    const pending = this.#pending
    if (pending === undefined) return this.#rest.next()
    this.#pending = undefined
    return pending
  }

  cancel(reason: Failure): void {
    this.#rest.cancel(reason)
  }
}
