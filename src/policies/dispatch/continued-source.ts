import type { ResponseEvent } from '../../exchange/event.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { ChunkSource, ResponseChunk, Seam } from '../../exchange/response.ts'
import { WatchedSource } from '../../exchange/watcher.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { JoinedAnswer } from './joined-answer.ts'
import { ToldSoFar } from './told-so-far.ts'

/** Somebody who goes on with an answer. */
export interface Continuation {
  readonly source: ChunkSource
  readonly joined: JoinedAnswer
  readonly seam: Seam
  /** What is told at the seam. */
  readonly mark: string | undefined
}

/** Finds who goes on. */
export interface Continuing {
  /** Is a failure one behind which somebody may go on at all? */
  mayFollow(failure: Failure): boolean
  /**
   * Has somebody go on with what was told; undefined where nobody does. Never rejects.
   *
   * @param signal aborted when nobody wants the answer any more
   */
  follow(told: ToldSoFar, signal: AbortSignal): Promise<Continuation | undefined>
}

/**
 * An answer that is gone on with by somebody else when its provider breaks off, again and again as far as that may be. The one who
 * reads sees one answer: the failure is told only where nobody goes on. Where it is left while somebody is being asked, it is over when that
 * is settled.
 */
export class ContinuedSource extends WatchedSource {
  readonly #relay: Relay

  constructor(source: ChunkSource, continuing: Continuing) {
    const relay = new Relay(source, continuing)
    super(relay)
    this.#relay = relay
  }

  override cancel(reason: Failure): void {
    const { asking } = this.#relay
    if (asking === undefined) return super.cancel(reason)
    this.#relay.cancel(reason)
    const end = (): void => this.finish(reason)
    asking.then(end, end)
  }
}

class Relay implements ChunkSource {
  readonly #continuing: Continuing
  readonly #told = new ToldSoFar()
  #source: ChunkSource
  #joined: JoinedAnswer | undefined
  /** What broke it, when what came before that is told. */
  #broken: Failure | undefined
  #leaving: AbortController | undefined
  /** Set while somebody is being asked. */
  asking: Promise<ResponseChunk> | undefined
  #left: Failure | undefined

  constructor(source: ChunkSource, continuing: Continuing) {
    this.#source = source
    this.#continuing = continuing
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    if (this.#broken !== undefined) return this.#goOn(this.#broken)
    return andThen(this.#source.next(), takeFor, this)
  }

  cancel(reason: Failure): void {
    this.#left = reason
    this.#leaving?.abort(reason)
    this.#source.cancel(reason)
  }

  /** What is told of a chunk; of one that breaks off, what stood before that. */
  take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    if (chunk === undefined) return undefined
    const told = this.#joined?.take(chunk) ?? chunk
    this.#told.take(told)
    const last = told.events.at(-1)
    if (last?.type !== 'failure' || this.#left !== undefined || !this.#continuing.mayFollow(last.failure))
      return told
    this.#broken = last.failure
    const events = told.events.slice(0, -1)
    if (told.wire !== undefined) return { events, wire: told.wire, eventsInWire: told.eventsInWire }
    return events.length === 0 ? this.#goOn(last.failure) : { events }
  }

  #goOn(failure: Failure): Promise<ResponseChunk> {
    this.asking = this.#ask(failure)
    return this.asking
  }

  async #ask(failure: Failure): Promise<ResponseChunk> {
    this.#leaving = new AbortController()
    const next = await this.#continuing.follow(this.#told, this.#leaving.signal)
    this.#broken = undefined
    this.asking = undefined
    if (this.#left !== undefined) {
      next?.source.cancel(this.#left)
      return { events: [{ type: 'failure', failure: this.#left }] }
    }
    if (next === undefined) return { events: [{ type: 'failure', failure }] }
    this.#source = next.source
    this.#joined = next.joined
    return { events: this.#atSeam(next.mark), seam: next.seam }
  }

  /** Ends the thoughts that are open, and says where the seam is where that is wanted. */
  #atSeam(mark: string | undefined): ResponseEvent[] {
    const { open } = this.#told
    const events: ResponseEvent[] = open
      .slice(0, -1)
      .map((index) => ({ type: 'block-end', choice: 0, index }))
    this.#told.take({ events })
    const index = open.at(-1)
    if (mark === undefined || index === undefined) return events
    const said = { type: 'text-delta', choice: 0, index, text: mark } as const
    this.#told.mark(said)
    return [...events, said]
  }
}

function takeFor(chunk: ResponseChunk | undefined, source: Relay): MaybePromise<ResponseChunk | undefined> {
  return source.take(chunk)
}
