import type { ChatEvent, ChatSink } from '../exchange/chat-content.ts'
import { isSemantic } from '../exchange/event.ts'
import type { JsonObject } from '../kit/json.ts'
import type { SseFrame } from '../kit/sse.ts'
import type { AnswerReader } from './answer-reader.ts'
import type { ResponseTap } from './dialect.ts'

/** What a dialect says of the frames of its native lane. */
export interface TapRules {
  /**
   * Recognises, on bytes alone, a frame that can be nothing but content or a keep-alive, so that nobody has to read it; undefined for
   * every other one, and where in doubt. Asked once something was said.
   */
  quick(frame: SseFrame): 'content' | 'keep-alive' | undefined
  /** Asked of a frame that was read: does the client not get to see it? May cut out of its bytes what the client did not ask for. */
  hides(frame: SseFrame): boolean
}

const EMPTY_TEXT = Buffer.from('""')

/**
 * True where some text of a frame may be empty, on bytes alone: a piece of nothing, which some servers send to keep alive, looks like
 * any other but for that.
 */
export function hasEmptyText({ bytes }: SseFrame): boolean {
  return Buffer.prototype.includes.call(bytes, EMPTY_TEXT)
}

/** What metering and the trail must know even of what passes. */
const TOLD: ReadonlySet<ChatEvent['type']> = new Set(['start', 'usage', 'finish', 'end', 'failure'])

/**
 * A tap for the native lane: the reader itself, spared the frames that are content and nothing else once something was said. Up to
 * the first content all is told as it is, of what comes behind it only what must be known, and that content has `passed`. The client
 * sees every frame, except those that the rules hide, broken ones that the reader skips and clients stumble over, and errors, because
 * whoever drives the tap writes the failure itself.
 */
export class Tap implements ResponseTap<'chat'> {
  readonly #reader: AnswerReader
  readonly #rules: TapRules
  #sink: ChatSink = NO_SINK
  /** The frame that is being read, until its content is counted. */
  #uncounted: SseFrame | undefined

  constructor(reader: AnswerReader, rules: TapRules) {
    this.#reader = reader
    this.#rules = rules
  }

  get done(): boolean {
    return this.#reader.done
  }

  get complete(): boolean {
    return this.#reader.complete
  }

  frame(frame: SseFrame, sink: ChatSink): 'show' | 'hide' {
    const reader = this.#reader
    if (reader.done) return 'show'
    if (!reader.hasSpoken) reader.frame(frame, sink)
    else {
      const seen = this.#rules.quick(frame)
      // A keep-alive would pass for progress.
      if (seen === 'content') sink({ type: 'passed', frames: 1, bytes: frame.bytes.length })
      if (seen !== undefined) return 'show'
      this.#readAlong(frame, sink)
    }
    const isHidden = reader.hasFailed || reader.isBroken || this.#rules.hides(frame)
    return isHidden ? 'hide' : 'show'
  }

  unary(body: JsonObject, sink: ChatSink): void {
    this.#reader.unary(body, sink)
  }

  close(sink: ChatSink): void {
    this.#reader.close(sink)
  }

  #readAlong(frame: SseFrame, sink: ChatSink): void {
    this.#sink = sink
    this.#uncounted = frame
    this.#reader.frame(frame, this.#listen)
  }

  /** Bound once, because the reader takes it with every frame. */
  readonly #listen: ChatSink = (event) => {
    if (TOLD.has(event.type)) {
      this.#sink(event)
      return
    }
    const frame = this.#uncounted
    if (frame === undefined || !isSemantic(event)) return
    this.#uncounted = undefined
    this.#sink({ type: 'passed', frames: 1, bytes: frame.bytes.length })
  }
}

const NO_SINK: ChatSink = () => {}
