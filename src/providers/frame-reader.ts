import type { JsonObject } from '../kit/json.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { DecodeContext, Dialect, ResponseDecoder, ResponseTap } from '../dialects/dialect.ts'
import type { EventSink } from '../exchange/event.ts'
import type { Lane } from '../exchange/response.ts'
import { createTextRepeats } from './text-repeats.ts'

/** What both lanes have in common: somebody who reads a response and says what must be known of it. */
export interface FrameReader {
  /** True when the bytes themselves go to the client. */
  readonly verbatim: boolean
  /** Reads a frame; true when the client gets to see it. */
  frame(frame: SseFrame, sink: EventSink): boolean
  unary(body: JsonObject, sink: EventSink): void
  close(sink: EventSink): void
  readonly done: boolean
}

/** Opens the reader of a lane. */
export function openReader(dialect: Dialect, lane: Lane, context: DecodeContext): FrameReader {
  return lane === 'native'
    ? fromTap(dialect.tapResponse(context))
    : fromDecoder(dialect.decodeResponse(context))
}

function fromTap(tap: ResponseTap): FrameReader {
  return {
    verbatim: true,
    frame: (frame, sink) => tap.frame(frame, sink) === 'show',
    unary: (body, sink) => tap.unary(body, sink),
    close: (sink) => tap.close(sink),
    get done() {
      return tap.done
    },
  }
}

function fromDecoder(decoder: ResponseDecoder): FrameReader {
  const repeats = createTextRepeats(decoder)
  return {
    verbatim: false,
    frame(frame, sink) {
      repeats.frame(frame, sink)
      return false
    },
    unary: (body, sink) => decoder.unary(body, sink),
    close: (sink) => decoder.close(sink),
    get done() {
      return decoder.done
    },
  }
}
