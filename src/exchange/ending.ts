import { toFailure, Failure } from './failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from './response.ts'

/**
 * Called once when a response is over: without an argument after its `end` event, otherwise with what broke it or cut it short.
 * Runs before the last chunk is handed on, and that chunk waits for a promise that it gives back.
 */
export type EndingAction = (failure?: Failure) => void | Promise<void>

/** Sees a chunk before it is handed on. */
export type ChunkLook = (chunk: ResponseChunk) => void

/** True when the response is over with this chunk: an `end` or a `failure` is always the last event of the last chunk. */
export function isLastChunk({ events }: ResponseChunk): boolean {
  const type = events[events.length - 1]?.type
  return type === 'end' || type === 'failure'
}

/**
 * Runs `action` when a response is over, for whatever reason, exactly once. Layers that watch the same source share one
 * wrapper, innermost action first, so that a chunk passes through one asynchronous step and not through one per layer.
 *
 * @param look sees every chunk before it is handed on, and before `action` runs
 */
export function watchEnding(source: ChunkSource, action: EndingAction, look?: ChunkLook): ChunkSource {
  const watched = source instanceof WatchedSource && source.isUntouched ? source : new WatchedSource(source)
  watched.add(action, look)
  return watched
}

/** As `watchEnding`, for the response around the source. */
export function watchResponse(
  response: ModelResponse,
  action: EndingAction,
  look?: ChunkLook,
): ModelResponse {
  const source = watchEnding(response.source, action, look)
  return source === response.source ? response : { ...response, source }
}

/** A source that layers may watch. One that does something of its own with the chunks extends it, and saves a wrapper. */
export class WatchedSource implements ChunkSource {
  protected readonly source: ChunkSource
  readonly #actions: EndingAction[] = []
  readonly #looks: ChunkLook[] = []
  #open = true
  /** Nobody has read from it: a layer that joins now misses nothing. */
  isUntouched = true

  constructor(source: ChunkSource) {
    this.source = source
  }

  add(action: EndingAction, look?: ChunkLook): void {
    this.#actions.push(action)
    if (look !== undefined) this.#looks.push(look)
  }

  async next(): Promise<ResponseChunk | undefined> {
    this.isUntouched = false
    let chunk: ResponseChunk | undefined
    try {
      chunk = await this.read()
    } catch (thrown) {
      await this.finish(toFailure(thrown))
      throw thrown
    }
    if (!this.#open) return chunk
    if (chunk === undefined) {
      await this.finish(new Failure('stream-truncated'))
      return undefined
    }
    const shown = this.show(chunk)
    if (shown !== undefined) await shown
    return chunk
  }

  cancel(reason: Failure): void {
    this.isUntouched = false
    this.source.cancel(reason)
    void this.finish(reason)
  }

  protected read(): Promise<ResponseChunk | undefined> {
    return this.source.next()
  }

  /** Shows a chunk to those who watch, and tells them when it is the last. Gives a promise only where an action did. */
  protected show(chunk: ResponseChunk): Promise<void> | undefined {
    for (const look of this.#looks) look(chunk)
    const last = chunk.events[chunk.events.length - 1]
    if (last?.type === 'failure') return this.finish(last.failure)
    return last?.type === 'end' ? this.finish() : undefined
  }

  /** Runs the actions, once. Gives a promise only where an action did, since every wait costs the response a step. */
  protected finish(failure?: Failure): Promise<void> | undefined {
    if (!this.#open) return undefined
    this.#open = false
    return runActions(this.#actions, failure)
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

  protected override read(): Promise<ResponseChunk | undefined> {
    const chunk = this.#held[this.#position]
    if (chunk === undefined) return this.source.next()
    this.#position += 1
    return Promise.resolve(chunk)
  }
}

/** Runs one action after the other. One that fails does not keep the others from running. */
function runActions(
  actions: readonly EndingAction[],
  failure: Failure | undefined,
): Promise<void> | undefined {
  let thrown: unknown
  let position = 0
  for (const action of actions) {
    position += 1
    try {
      const done = action(failure)
      if (done !== undefined) return waitThenRun(done, actions.slice(position), { failure, thrown })
    } catch (error) {
      thrown ??= error
    }
  }
  return thrown === undefined ? undefined : Promise.reject(toFailure(thrown))
}

async function waitThenRun(
  done: Promise<void>,
  rest: readonly EndingAction[],
  { failure, thrown: earlier }: { readonly failure: Failure | undefined; readonly thrown: unknown },
): Promise<void> {
  let thrown = earlier
  try {
    await done
  } catch (error) {
    thrown ??= error
  }
  try {
    await runActions(rest, failure)
  } catch (error) {
    thrown ??= error
  }
  if (thrown !== undefined) throw toFailure(thrown)
}
