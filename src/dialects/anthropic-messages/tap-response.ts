import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { FrameHeads } from '../frame-heads.ts'
import { hasEmptyText, Tap, type TapRules } from '../tap.ts'
import { MessageReader } from './decode-response.ts'

/** The frames that carry nearly all of a stream. */
const DELTAS = new FrameHeads(['content_block_delta'])

/** Creates the tap of the native lane: deltas behind the first content are recognised by how they begin. */
export function createResponseTap(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  const reader = new MessageReader(context)
  return new Tap(reader, new MessageTapRules(reader))
}

class MessageTapRules implements TapRules {
  readonly #reader: MessageReader
  #hasStarted = false

  constructor(reader: MessageReader) {
    this.#reader = reader
  }

  quick(frame: SseFrame): 'content' | undefined {
    return DELTAS.has(frame) && endsLikeObject(frame) && !hasEmptyText(frame) ? 'content' : undefined
  }

  /** A start that is told again before anything followed it is a stutter, on which the official SDK would stop. */
  hides({ event }: SseFrame): boolean {
    const isStutter = this.#hasStarted && !this.#reader.hasSpoken && event === 'message_start'
    this.#hasStarted = this.#reader.isStarted
    return isStutter
  }
}
