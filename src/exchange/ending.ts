import { toFailure, Failure } from './failure.ts'
import type { ChunkSource, ResponseChunk } from './response.ts'

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

class WatchedSource implements ChunkSource {
  readonly #source: ChunkSource
  readonly #actions: EndingAction[] = []
  readonly #looks: ChunkLook[] = []
  #open = true
  /** Nobody has read from it: a layer that joins now misses nothing. */
  isUntouched = true

  constructor(source: ChunkSource) {
    this.#source = source
  }

  add(action: EndingAction, look?: ChunkLook): void {
    this.#actions.push(action)
    if (look !== undefined) this.#looks.push(look)
  }

  async next(): Promise<ResponseChunk | undefined> {
    this.isUntouched = false
    let chunk: ResponseChunk | undefined
    try {
      chunk = await this.#source.next()
    } catch (thrown) {
      await this.#finish(toFailure(thrown))
      throw thrown
    }
    if (!this.#open) return chunk
    if (chunk === undefined) {
      await this.#finish(new Failure('stream-truncated'))
      return undefined
    }
    for (const look of this.#looks) look(chunk)
    const last = chunk.events[chunk.events.length - 1]
    if (last?.type === 'end') await this.#finish()
    else if (last?.type === 'failure') await this.#finish(last.failure)
    return chunk
  }

  cancel(reason: Failure): void {
    this.isUntouched = false
    this.#source.cancel(reason)
    void this.#finish(reason)
  }

  /** An action that fails does not keep the others from running. */
  async #finish(failure?: Failure): Promise<void> {
    if (!this.#open) return
    this.#open = false
    let thrown: unknown
    for (const action of this.#actions) {
      try {
        const done = action(failure)
        if (done !== undefined) await done
      } catch (error) {
        thrown ??= error
      }
    }
    if (thrown !== undefined) throw toFailure(thrown)
  }
}
