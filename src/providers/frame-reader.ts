import type { JsonObject } from '../kit/json.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { DecodeContext, Dialect, ResponseDecoder, ResponseTap } from '../dialects/dialect.ts'
import type { EventSink } from '../exchange/event.ts'
import type { Lane } from '../exchange/response.ts'
import { TextRepeats } from './text-repeats.ts'

/** What both lanes have in common: somebody who reads a response and says what must be known of it. */
export interface FrameReader {
  /** True when the bytes themselves go to the client. */
  readonly verbatim: boolean
  /** Reads a frame; true when the client gets to see it. */
  frame(frame: SseFrame, sink: EventSink): boolean
  unary(body: JsonObject, sink: EventSink): void
  /** True when only usage and the terminal marker may be missing. */
  readonly complete: boolean
  close(sink: EventSink): void
}

/** Opens the reader of a lane. */
export function openReader(dialect: Dialect, lane: Lane, context: DecodeContext): FrameReader {
  return lane === 'native'
    ? new TapReader(dialect.tapResponse(context))
    : new DecoderReader(dialect.decodeResponse(context))
}

class TapReader implements FrameReader {
  readonly verbatim = true
  readonly #tap: ResponseTap

  constructor(tap: ResponseTap) {
    this.#tap = tap
  }

  get complete(): boolean {
    return this.#tap.complete
  }

  frame(frame: SseFrame, sink: EventSink): boolean {
    return this.#tap.frame(frame, sink) === 'show'
  }

  unary(body: JsonObject, sink: EventSink): void {
    this.#tap.unary(body, sink)
  }

  close(sink: EventSink): void {
    this.#tap.close(sink)
  }
}

class DecoderReader implements FrameReader {
  readonly verbatim = false
  readonly #decoder: ResponseDecoder
  #repeats: TextRepeats | undefined

  constructor(decoder: ResponseDecoder) {
    this.#decoder = decoder
  }

  get complete(): boolean {
    return this.#decoder.complete
  }

  frame(frame: SseFrame, sink: EventSink): boolean {
    this.#repeats ??= new TextRepeats(this.#decoder)
    this.#repeats.frame(frame, sink)
    return false
  }

  unary(body: JsonObject, sink: EventSink): void {
    this.#decoder.unary(body, sink)
  }

  close(sink: EventSink): void {
    this.#decoder.close(sink)
  }
}
