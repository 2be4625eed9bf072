import { prependChunks } from '../../exchange/watcher.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'

/** An estimate of the memory that a held event, or the chunk around it, takes besides its text. */
const EVENT_BYTES = 128

/**
 * Holds an answer back until it may be shown, and gives it on whole. Until then a failure is thrown and may lead elsewhere, also
 * one that came in the same read; what the loser said is dropped with it. Throws or rejects with `Failure`.
 */
export type Commit = (response: ModelResponse) => MaybePromise<ModelResponse>

/** Shows an answer from its first semantic event on. */
export const atFirstMeaning: Commit = (response) => new HeldAnswer(response, true).hold()

/** Shows an answer when its end has come. */
const whenWhole: Commit = (response) => new HeldAnswer(response, false).hold()

/** The usual one. Of an answer in one piece nothing reaches the client before its end, so it may fail over until then. */
export function usualCommit(mayStream: boolean): Commit {
  return mayStream ? atFirstMeaning : whenWhole
}

/**
 * An answer that is held back. Comments, pings and empty deltas never count as one: beyond `LIMITS.gateBytes` of them, as beyond
 * `LIMITS.responseBodyBytes` in all, the response is stopped with `response-too-large`.
 */
export class HeldResponse {
  protected readonly response: ModelResponse
  readonly chunks: ResponseChunk[] = []
  #bytes = 0
  protected saysSomething = false
  protected isWhole = false

  constructor(response: ModelResponse) {
    this.response = response
  }

  /** Keeps a chunk. Throws what stands in the way of the answer. */
  protected keep(chunk: ResponseChunk | undefined): void {
    if (chunk === undefined) throw new Failure('stream-truncated')
    const { events } = chunk
    const last = events[events.length - 1]
    if (last?.type === 'failure') throw last.failure
    this.chunks.push(chunk)
    this.saysSomething ||= events.some(isSemantic)
    this.isWhole = last?.type === 'end'
  }

  /** The next chunk, for what is held on to. Throws when that is too much. */
  protected more(): MaybePromise<ResponseChunk | undefined> {
    const last = this.chunks.at(-1)
    if (last !== undefined) this.#bytes += weigh(last)
    if (this.#bytes > LIMITS.gateBytes && !this.saysSomething) this.#stop(TOO_MUCH_BEFORE)
    if (this.#bytes > LIMITS.responseBodyBytes) this.#stop()
    return this.response.source.next()
  }

  /** The answer from its beginning: what was held, and what is still to come. */
  protected shown(rest: ChunkSource = this.response.source): ModelResponse {
    const { from, headers } = this.response
    return { from, headers, source: prependChunks(this.chunks, rest) }
  }

  #stop(message?: string): never {
    const failure = new Failure('response-too-large', message === undefined ? {} : { message })
    this.response.source.cancel(failure)
    throw failure
  }
}

class HeldAnswer extends HeldResponse {
  readonly #meaningIsEnough: boolean

  constructor(response: ModelResponse, meaningIsEnough: boolean) {
    super(response)
    this.#meaningIsEnough = meaningIsEnough
  }

  /** A whole answer is mostly at hand: then nothing is waited for. */
  hold(): MaybePromise<ModelResponse> {
    const first = this.more()
    if (first instanceof Promise) return this.#holdFrom(first)
    return this.#isEnough(first) ? this.shown() : this.#holdFrom(this.more())
  }

  async #holdFrom(coming: MaybePromise<ResponseChunk | undefined>): Promise<ModelResponse> {
    let next = coming
    while (!this.#isEnough(await next)) next = this.more()
    return this.shown()
  }

  #isEnough(chunk: ResponseChunk | undefined): boolean {
    this.keep(chunk)
    return this.isWhole || (this.#meaningIsEnough && this.saysSomething)
  }
}

const TOO_MUCH_BEFORE = 'The provider sent too much before it said anything.'

function weigh({ wire, events }: ResponseChunk): number {
  let bytes = (wire?.length ?? 0) + EVENT_BYTES
  for (const event of events) bytes += EVENT_BYTES + ('text' in event ? event.text.length : 0)
  return bytes
}
