import type { Failure } from './failure.ts'
import type { ResponseEvent } from './event.ts'
import type { Target } from './target.ts'

/**
 * What one read from the provider determined: the events, and in the native lane also the bytes that said them,
 * cut at frame boundaries. One chunk is the one asynchronous step of a stream; everything inside it is synchronous.
 */
export interface ResponseChunk {
  readonly events: readonly ResponseEvent[]
  /** Native lane: what the client gets to read, untouched. Absent: the client's dialect encodes the events. */
  readonly wire?: Uint8Array
  /** True where `end` was concluded from a complete answer whose terminal marker never came: no bytes say it. */
  readonly concluded?: boolean
}

/**
 * A response as it arrives. Pulled, so that a slow client slows the provider down. The last chunk holds an `end` or a
 * `failure` event; after it `next` gives undefined. `next` throws only programming errors: a broken stream is an event.
 */
export interface ChunkSource {
  next(): Promise<ResponseChunk | undefined>
  /** Stops the response: the call to the provider is aborted at once. Harmless when it is already over. */
  cancel(reason: Failure): void
}

/** How a request travels: untouched, or through the canonical model. */
export type Lane = 'native' | 'translated'

export interface ModelResponse {
  readonly target: Target
  readonly lane: Lane
  /** The provider's headers that the client may see, lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly source: ChunkSource
}

/** A finished source of one chunk, for answers made inside the house. */
export function singleChunk(events: readonly ResponseEvent[]): ChunkSource {
  let given = false
  return {
    next() {
      if (given) return Promise.resolve(undefined)
      given = true
      return Promise.resolve({ events })
    },
    cancel() {
      given = true
    },
  }
}
