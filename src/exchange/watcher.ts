import type { MaybePromise } from '../kit/maybe-promise.ts'
import { toFailure, Failure } from './failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from './response.ts'

/** Somebody who has something to do when a response or an exchange is over. */
export interface EndListener {
  /**
   * Called once: without an argument after a complete answer, otherwise with what broke it or cut it short. Runs before the
   * last chunk is handed on.
   */
  onEnd(failure?: Failure): void
}

/** Tells everybody that it is over. One who throws does not keep the others from being told. */
export function notifyEnd(listeners: readonly EndListener[], failure?: Failure): void {
  let thrown: unknown
  for (const listener of listeners) {
    try {
      listener.onEnd(failure)
    } catch (error) {
      thrown ??= error
    }
  }
  if (thrown !== undefined) throw toFailure(thrown)
}

/** Somebody who watches a response. */
export interface Watcher extends EndListener {
  /** Told by whoever has an attempt watched that its answer begins, before anything of it is said. */
  onHead?(response: ModelResponse): void
  /** Sees every chunk before it is handed on, and before `onEnd` is called. */
  onChunk?(chunk: ResponseChunk): void
}

/** True when the response is over with this chunk: an `end` or a `failure` is always the last event of the last chunk. */
export function isLastChunk({ events }: ResponseChunk): boolean {
  const type = events[events.length - 1]?.type
  return type === 'end' || type === 'failure'
}

/**
 * Has a source watched to its end, whatever that is. Layers that watch the same source share one wrapper, the innermost is
 * told first, so that a chunk passes through one asynchronous step and not through one per layer.
 */
export function watchSource(source: ChunkSource, watcher: Watcher): ChunkSource {
  const watched = source instanceof WatchedSource && source.isUntouched ? source : new WatchedSource(source)
  watched.add(watcher)
  return watched
}

/** As `watchSource`, for the response around the source. */
export function watchResponse(response: ModelResponse, watcher: Watcher): ModelResponse {
  const source = watchSource(response.source, watcher)
  return source === response.source ? response : { ...response, source }
}

/**
 * A source that layers may watch. One that does something of its own with the chunks says so in `pull`, `take`, `broke` and `leave`,
 * and saves a wrapper.
 */
export class WatchedSource implements ChunkSource {
  protected readonly source: ChunkSource
  readonly #watchers: Watcher[]
  #open = true
  #isUntouched = true

  /**
   * @param watchers who watches already; others join them
   */
  constructor(source: ChunkSource, watchers: Watcher[] = []) {
    this.source = source
    this.#watchers = watchers
  }

  /** Nobody has read from it: a layer that joins now misses nothing. */
  get isUntouched(): boolean {
    return this.#isUntouched
  }

  add(watcher: Watcher): void {
    this.#watchers.push(watcher)
  }

  next(): MaybePromise<ResponseChunk | undefined> {
    this.#isUntouched = false
    return this.pull()
  }

  cancel(reason: Failure): void {
    this.#isUntouched = false
    this.source.cancel(reason)
    this.leave(reason)
    this.finish(reason)
  }

  /** The next chunk, shown to those who watch. */
  protected pull(): MaybePromise<ResponseChunk | undefined> {
    let coming: MaybePromise<ResponseChunk | undefined>
    try {
      coming = this.source.next()
    } catch (thrown) {
      return this.#breakWith(toFailure(thrown), thrown)
    }
    return coming instanceof Promise ? this.#takeLater(coming) : this.take(coming)
  }

  async #takeLater(coming: Promise<ResponseChunk | undefined>): Promise<ResponseChunk | undefined> {
    let chunk: ResponseChunk | undefined
    try {
      chunk = await coming
    } catch (thrown) {
      return this.#breakWith(toFailure(thrown), thrown)
    }
    return this.take(chunk)
  }

  async #breakWith(failure: Failure, defect: unknown): Promise<never> {
    await this.broke(failure)
    throw defect
  }

  /** What is done with a chunk that came, or with the end of the source, before it is handed on. */
  protected take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    if (chunk === undefined) this.finish(new Failure('stream-truncated'))
    else this.show(chunk)
    return chunk
  }

  /** What is done when the source broke by a defect. */
  protected broke(failure: Failure): MaybePromise<void> {
    this.finish(failure)
  }

  /** What else is to be done when the source was cancelled. */
  protected leave(_reason: Failure): void {}

  /** Shows a chunk to those who watch, and tells them when it is the last. What comes behind the end is nobody's business. */
  protected show(chunk: ResponseChunk): void {
    if (!this.#open) return
    for (const watcher of this.#watchers) watcher.onChunk?.(chunk)
    const last = chunk.events[chunk.events.length - 1]
    if (last?.type === 'failure') this.finish(last.failure)
    else if (last?.type === 'end') this.finish()
  }

  /** Tells those who watch that it is over, once. */
  protected finish(failure?: Failure): void {
    if (!this.#open) return
    this.#open = false
    notifyEnd(this.#watchers, failure)
  }
}

/** A source that gives the chunks already at hand, then goes on with `rest`. */
export function prependChunks(held: readonly ResponseChunk[], rest: ChunkSource): ChunkSource {
  return new PrependedSource(held, rest)
}

class PrependedSource extends WatchedSource {
  readonly #held: readonly ResponseChunk[]
  #position = 0

  constructor(held: readonly ResponseChunk[], rest: ChunkSource) {
    super(rest)
    this.#held = held
  }

  protected override pull(): MaybePromise<ResponseChunk | undefined> {
    const chunk = this.#held[this.#position]
    if (chunk === undefined) return super.pull()
    this.#position += 1
    this.show(chunk)
    return chunk
  }
}
