import { createByteShape, type ByteShape } from '../kit/byte-shape.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { ResponseDecoder } from './dialect.ts'
import type { EventSink, ResponseEvent } from '../exchange/event.ts'

/** Shapes in a row that no second frame had; so many mean that the frames of this stream have none in common. */
const WASTED_SHAPES = 4

const decoder = new TextDecoder()

type Piece = Extract<ResponseEvent, { readonly type: 'text-delta' | 'reasoning-delta' }>

/**
 * A memory before a decoder. Nearly all frames of a stream are those before them with another piece of text: when a frame
 * meant that and nothing else, those of its shape mean the same and are not parsed. Any other frame is read by the
 * decoder, and ends the memory.
 *
 * This rests on a promise of every decoder: the text of a frame changes nothing of what the next one means, unless the decoder says
 * that it needs every frame. The contract of dialects (test/contract) holds each of them to it.
 */
export class TextRepeats {
  readonly #decoder: ResponseDecoder
  #shape: ByteShape | undefined
  #meant: Piece | undefined
  #wasted = 0

  constructor(decoder: ResponseDecoder) {
    this.#decoder = decoder
  }

  /** Tells what a frame says. True where it was the one before with another text, and no empty one. */
  frame(frame: SseFrame, sink: EventSink): boolean {
    const text = this.#shape?.text(frame.bytes)
    if (text !== undefined && this.#meant !== undefined) {
      this.#wasted = 0
      if (text !== '') sink(withText(this.#meant, text))
      return text !== ''
    }
    this.#shape = undefined
    this.#learn(frame, readAlong(this.#decoder, frame, sink))
    return false
  }

  /** Would it say of a frame, as its bytes are now, that it is the one before with another text? */
  isLike({ bytes }: SseFrame): boolean {
    return this.#shape?.matches(bytes) === true
  }

  #learn(frame: SseFrame, event: ResponseEvent | undefined): void {
    if (this.#wasted === WASTED_SHAPES || this.#decoder.needsEveryFrame === true) return
    if (event?.type !== 'text-delta' && event?.type !== 'reasoning-delta') return
    this.#shape = shapeAround(frame, event.text)
    this.#meant = event
    this.#wasted += 1
  }
}

/** Has the decoder read a frame and gives the event that it meant, where it meant exactly one. */
function readAlong(decoder: ResponseDecoder, frame: SseFrame, sink: EventSink): ResponseEvent | undefined {
  let count = 0
  let last: ResponseEvent | undefined
  decoder.frame(frame, (event) => {
    count += 1
    last = event
    sink(event)
  })
  return count === 1 ? last : undefined
}

/** The shape of frames like this one, where it says the text once and in so many words. */
function shapeAround({ bytes }: SseFrame, text: string): ByteShape | undefined {
  const [before, after, ...further] = decoder.decode(bytes).split(JSON.stringify(text))
  if (before === undefined || after === undefined || further.length > 0) return undefined
  return createByteShape([`${before}"`, `"${after}`])
}

function withText({ type, choice, index }: Piece, text: string): ResponseEvent {
  return { type, choice, index, text }
}
