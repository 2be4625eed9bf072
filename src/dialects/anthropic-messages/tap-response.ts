import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { FrameHeads } from '../frame-heads.ts'
import { Tap, type TapRules } from '../tap.ts'
import { MessageReader } from './decode-response.ts'

const encoder = new TextEncoder()
const LF = 10
const CR = 13
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

  quick(frame: SseFrame): 'content' | 'keep-alive' | undefined {
    if (!DELTAS.has(frame) || !endsLikeObject(frame)) return undefined
    return isEmptyDelta(frame) ? 'keep-alive' : 'content'
  }

  /** A start that is told again before anything followed it is a stutter, on which the official SDK would stop. */
  hides({ event }: SseFrame): boolean {
    const isStutter = this.#hasStarted && !this.#reader.hasSpoken && event === 'message_start'
    this.#hasStarted = this.#reader.isStarted
    return isStutter
  }
}

/** How a delta ends whose text is empty: in a text that is not, a quote at the end is escaped. */
const EMPTY_END = encoder.encode(':""}}')

/** True for a delta of nothing, which some servers send as a keep-alive. */
function isEmptyDelta({ bytes }: SseFrame): boolean {
  let last = bytes.length - 1
  while (bytes[last] === LF || bytes[last] === CR) last -= 1
  for (let back = 0; back < EMPTY_END.length; back += 1) {
    if (bytes[last - back] !== EMPTY_END[EMPTY_END.length - 1 - back]) return false
  }
  return true
}
