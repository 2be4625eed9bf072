import type { JsonObject } from '../kit/json.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { Codec, DecodeContext, ResponseDecoder, ResponseTap } from '../dialects/dialect.ts'
import { TextRepeats } from '../dialects/text-repeats.ts'
import type { ContentAccess } from '../exchange/content-access.ts'
import type { EventSink } from '../exchange/event.ts'
import type { Lane } from '../exchange/response.ts'

/** What all lanes have in common: somebody who reads a response and says what must be known of it. */
export interface FrameReader {
  /** True when the bytes themselves go to the client. */
  readonly verbatim: boolean
  /** True where a whole answer may be a list, which then stands in an object under `data`. */
  readonly mayBeList: boolean
  /** True when somebody goes by what is told, so that numbers are to be read as they are written. */
  readonly exact: boolean
  /** Reads a frame; true when the client gets to see it. */
  frame(frame: SseFrame, sink: EventSink): boolean
  unary(body: JsonObject, sink: EventSink): void
  /** Reads a whole answer without parsing it; false where it has to be parsed. */
  skim?(bytes: Uint8Array, sink: EventSink): boolean
  /** True when only usage and the terminal marker may be missing. */
  readonly complete: boolean
  close(sink: EventSink): void
}

/** What a reader is told of the answer. */
export interface ReadingContext extends DecodeContext {
  /** How closely the house follows what is said. */
  readonly contentAccess: ContentAccess
}

/** Opens the reader of a lane. */
export function openReader(codec: Codec, lane: Lane, context: ReadingContext): FrameReader {
  const { contentAccess: access } = context
  if (lane === 'translated') return new DecoderReader(codec.decodeResponse(context))
  const tap = codec.tapResponse?.(context)
  if (access === 'none' && tap !== undefined) return new TapReader(tap)
  return new ReadingReader(codec.decodeResponse(context), tap)
}

/** The bytes pass, and only what metering needs is told. */
class TapReader implements FrameReader {
  readonly verbatim = true
  readonly mayBeList = false
  readonly exact = false
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

  skim(bytes: Uint8Array, sink: EventSink): boolean {
    return this.#tap.skim?.(bytes, sink) === true
  }

  close(sink: EventSink): void {
    this.#tap.close(sink)
  }
}

const NOBODY: EventSink = () => {}

/**
 * The bytes pass, and all that they say is told: the decoder reads, the tap has the word on what the client gets to see. Without a
 * tap the client sees everything. Of a frame that repeats the one before with another text, the tap would say what it said of that.
 */
class ReadingReader implements FrameReader {
  readonly verbatim = true
  readonly exact = true
  readonly #decoder: ResponseDecoder
  readonly #repeats: TextRepeats
  readonly #tap: ResponseTap | undefined
  /** Did the client see the last frame that the tap was asked about, as it came? */
  #wasLeft = false

  constructor(decoder: ResponseDecoder, tap: ResponseTap | undefined) {
    this.#decoder = decoder
    this.#repeats = new TextRepeats(decoder)
    this.#tap = tap
  }

  get complete(): boolean {
    return this.#decoder.complete
  }

  get mayBeList(): boolean {
    return this.#decoder.mayBeList === true
  }

  frame(frame: SseFrame, sink: EventSink): boolean {
    // First, because the tap takes out of a frame what the client did not ask for.
    const isRepeat = this.#repeats.frame(frame, sink)
    if (isRepeat && this.#wasLeft) return true
    const isShown = this.#tap?.frame(frame, NOBODY) !== 'hide'
    if (!isRepeat) this.#wasLeft = isShown && this.#repeats.isLike(frame)
    return isShown
  }

  unary(body: JsonObject, sink: EventSink): void {
    this.#decoder.unary(body, sink)
  }

  close(sink: EventSink): void {
    this.#decoder.close(sink)
  }
}

/** No bytes pass: the client's dialect says all that is told. */
class DecoderReader implements FrameReader {
  readonly verbatim = false
  readonly exact = true
  readonly #decoder: ResponseDecoder
  readonly #repeats: TextRepeats

  constructor(decoder: ResponseDecoder) {
    this.#decoder = decoder
    this.#repeats = new TextRepeats(decoder)
  }

  get complete(): boolean {
    return this.#decoder.complete
  }

  get mayBeList(): boolean {
    return this.#decoder.mayBeList === true
  }

  frame(frame: SseFrame, sink: EventSink): boolean {
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
