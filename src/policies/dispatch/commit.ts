import { prependChunks } from '../../exchange/watcher.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'

/** An estimate of the memory that a held event, or the chunk around it, takes besides its text. */
const EVENT_BYTES = 128

/**
 * Holds an answer back until it may be shown, and gives it on whole. Until then a failure is thrown and may lead elsewhere, also
 * one that came in the same read; what the loser said is dropped with it. Comments, pings and empty deltas never count as an
 * answer: beyond `LIMITS.gateBytes` of them, as beyond `LIMITS.responseBodyBytes` in all, the response is stopped with
 * `response-too-large`. Throws or rejects with `Failure`.
 */
type Commit = (response: ModelResponse) => MaybePromise<ModelResponse>

/** Shows an answer from its first semantic event on. */
const atFirstMeaning: Commit = (response) => new HeldAnswer(response, true).hold()

/** Shows an answer when its end has come. */
const whenWhole: Commit = (response) => new HeldAnswer(response, false).hold()

/** The usual one. Of an answer in one piece nothing reaches the client before its end, so it may fail over until then. */
export function commitFor({ stream }: { readonly stream: boolean }): Commit {
  return stream ? atFirstMeaning : whenWhole
}

class HeldAnswer {
  readonly #response: ModelResponse
  readonly #meaningIsEnough: boolean
  readonly #chunks: ResponseChunk[] = []
  #bytes = 0
  #saysSomething = false

  constructor(response: ModelResponse, meaningIsEnough: boolean) {
    this.#response = response
    this.#meaningIsEnough = meaningIsEnough
  }

  /** A whole answer is mostly at hand: then nothing is waited for. */
  hold(): MaybePromise<ModelResponse> {
    const first = this.#response.source.next()
    if (first instanceof Promise) return this.#holdFrom(first)
    return this.#take(first) ? this.#shown() : this.#holdFrom(this.#response.source.next())
  }

  async #holdFrom(coming: MaybePromise<ResponseChunk | undefined>): Promise<ModelResponse> {
    let next = coming
    while (!this.#take(await next)) next = this.#response.source.next()
    return this.#shown()
  }

  #shown(): ModelResponse {
    const { from, headers, source } = this.#response
    return { from, headers, source: prependChunks(this.#chunks, source) }
  }

  /** Keeps a chunk; true when the answer may be shown. Throws what stands in its way. */
  #take(chunk: ResponseChunk | undefined): boolean {
    if (chunk === undefined) throw new Failure('stream-truncated')
    const { events } = chunk
    const last = events[events.length - 1]
    if (last?.type === 'failure') throw last.failure
    this.#chunks.push(chunk)
    this.#saysSomething ||= events.some(isSemantic)
    if (last?.type === 'end' || (this.#meaningIsEnough && this.#saysSomething)) return true
    this.#bytes += weigh(chunk)
    if (this.#bytes > LIMITS.gateBytes && !this.#saysSomething) this.#stop(TOO_MUCH_BEFORE)
    if (this.#bytes > LIMITS.responseBodyBytes) this.#stop()
    return false
  }

  #stop(message?: string): never {
    const failure = new Failure('response-too-large', message === undefined ? {} : { message })
    this.#response.source.cancel(failure)
    throw failure
  }
}

const TOO_MUCH_BEFORE = 'The provider sent too much before it said anything.'

function weigh({ wire, events }: ResponseChunk): number {
  let bytes = (wire?.length ?? 0) + EVENT_BYTES
  for (const event of events) bytes += EVENT_BYTES + ('text' in event ? event.text.length : 0)
  return bytes
}
