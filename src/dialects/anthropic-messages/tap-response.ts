import type { ChatEvent, ChatSink } from '../../exchange/chat-said.ts'
import { isSemantic } from '../../exchange/event.ts'
import { parseJsonObject } from '../../kit/json.ts'
import { endsLikeObject, type SseFrame } from '../../kit/sse.ts'
import type { DecodeContext, ResponseTap } from '../dialect.ts'
import { MessageDecoder } from './decode-response.ts'

const encoder = new TextEncoder()
const LF = 10
const CR = 13
/** How the frames begin that carry nearly all of a stream. */
const NAMED_DELTA = encoder.encode('event: content_block_delta')
const BARE_DELTA = encoder.encode('data: {"type":"content_block_delta"')

/**
 * Creates a tap for the native lane: the decoder itself, spared the deltas behind the first content. Those are counted as
 * `passed`, unread. The client sees every frame, except those that the decoder skips and clients stumble over: a broken one,
 * and a start that is told again before anything followed it.
 */
export function createResponseTap(context: DecodeContext<'chat'>): ResponseTap<'chat'> {
  return new MessageTap(context)
}

class MessageTap extends MessageDecoder implements ResponseTap<'chat'> {
  #started = false
  #spoken = false

  override frame(frame: SseFrame, sink: ChatSink): 'show' | 'hide' {
    if (this.done) return 'show'
    const stutters = this.#started && !this.#spoken && frame.event === 'message_start'
    if (!this.#spoken) this.#listen(frame, sink)
    else if (isDelta(frame) && endsLikeObject(frame)) {
      if (!isEmptyDelta(frame)) sink({ type: 'passed', frames: 1, bytes: frame.bytes.length })
      return 'show'
    } else this.#readOn(frame, sink)
    return stutters || isBroken(frame) ? 'hide' : 'show'
  }

  #listen(frame: SseFrame, sink: ChatSink): void {
    super.frame(frame, (event) => {
      this.#started ||= event.type === 'start'
      this.#spoken ||= isSemantic(event)
      sink(event)
    })
  }

  #readOn(frame: SseFrame, sink: ChatSink): void {
    let told = false
    let spoke = false
    super.frame(frame, (event) => {
      spoke = true
      if (!isTold(event)) return
      told = true
      sink(event)
    })
    // A frame that says nothing, such as a ping, is a keep-alive: it would pass for progress.
    if (spoke && !told) sink({ type: 'passed', frames: 1, bytes: frame.bytes.length })
  }
}

/** What metering and the trail must know even after the first content. */
const TOLD: ReadonlySet<ChatEvent['type']> = new Set(['start', 'usage', 'finish', 'end', 'failure'])

function isTold(event: ChatEvent): boolean {
  return TOLD.has(event.type)
}

/** True for data that should be an object and was cut off. */
function isBroken(frame: SseFrame): boolean {
  if (endsLikeObject(frame)) return false
  const data = frame.data.trim()
  return data !== '' && data !== '[DONE]' && parseJsonObject(data) === undefined
}

/** Decides on the first bytes, without decoding the frame. */
function isDelta(frame: SseFrame): boolean {
  return startsWith(frame.bytes, NAMED_DELTA) || startsWith(frame.bytes, BARE_DELTA)
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

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[index] !== prefix[index]) return false
  }
  return true
}
