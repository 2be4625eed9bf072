import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { Failure } from './failure.ts'
import type { ResponseEvent } from './event.ts'
import type { LimitLeft } from './provider-limit.ts'
import type { Target } from './target.ts'

/**
 * What one read from the provider determined. One chunk is the one asynchronous step of a stream; everything inside it is
 * synchronous. A chunk alone decides what the client gets of it: `wire` as it is, and then, in the client's dialect, the events
 * that those bytes do not say. A layer that gives `{ events }` in its place has exactly these events sent.
 */
export type ResponseChunk = EventsChunk | PassedChunk

/** A chunk without bytes: the client's dialect says all of it. */
interface EventsChunk {
  readonly events: readonly ResponseEvent[]
  readonly wire?: undefined
  readonly eventsInWire?: undefined
  /** Set in the first chunk of what another attempt says behind an answer that broke off. */
  readonly seam?: Seam
}

/**
 * Where one attempt's answer broke off and another's goes on. Whatever is said behind it is said by the client's dialect, also where
 * bytes have said what stood before.
 */
export interface Seam {
  /** What was said before it, with the pieces of a text as one. */
  readonly said: readonly ResponseEvent[]
  /** The provider's own bytes that framed it and said the last of it, in whole frames; absent where none did. */
  readonly wire?: Uint8Array
  /** How much of the text stands before it. */
  readonly characters: number
  /** The targets that said what stands before and behind it. */
  readonly from: string
  readonly to: string
}

/** A chunk with the provider's own bytes, cut at frame boundaries. */
export interface PassedChunk {
  readonly events: readonly ResponseEvent[]
  /** What the client gets to read, untouched; empty where the bytes of the events are nothing for the client. */
  readonly wire: Uint8Array
  readonly seam?: undefined
  /**
   * How many of the events, from the first, the bytes already tell the client. A failure is never among them, nor an end that
   * follows from the others without a marker of its own on the wire.
   */
  readonly eventsInWire: number
}

/**
 * A response as it arrives. Pulled, so that a slow client slows the provider down. The last chunk holds an `end` or a
 * `failure` event; after it `next` gives undefined.
 */
export interface ChunkSource {
  /** The next chunk, at once where it is at hand. Throws or rejects with programming errors only: a broken stream is an event. */
  next(): MaybePromise<ResponseChunk | undefined>
  /** Stops the response: the call to the provider is aborted at once. Harmless when it is already over. */
  cancel(reason: Failure): void
}

/** How a request travels: untouched, or through the canonical model. */
export type Lane = 'native' | 'translated'

/** An answer that an attempt got from a provider. */
export interface ProviderOrigin {
  readonly kind: 'provider'
  readonly target: Target
  readonly lane: Lane
}

/** Who answers: a provider, a store that kept an earlier answer, or the gateway itself. */
export type ResponseOrigin =
  | ProviderOrigin
  | { readonly kind: 'stored'; readonly model: string }
  | { readonly kind: 'gateway'; readonly model: string }

/** Name of the model that an answer is of, as the client is told it. */
export function modelOf(from: ResponseOrigin): string {
  return from.kind === 'provider' ? from.target.model : from.model
}

export interface ModelResponse {
  readonly from: ResponseOrigin
  /** The provider's headers that the client may see, lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** What is left of the provider's limits, where it says so. Nothing for the client: many share our keys. */
  readonly limits?: readonly LimitLeft[]
  readonly source: ChunkSource
}

/** A source of one chunk that is at hand: an answer that came whole, or was made inside the house. */
export function singleChunk(chunk: ResponseChunk): ChunkSource {
  return new SingleChunk(chunk)
}

class SingleChunk implements ChunkSource {
  #chunk: ResponseChunk | undefined

  constructor(chunk: ResponseChunk) {
    this.#chunk = chunk
  }

  next(): ResponseChunk | undefined {
    const chunk = this.#chunk
    this.#chunk = undefined
    return chunk
  }

  cancel(): void {
    this.#chunk = undefined
  }
}
