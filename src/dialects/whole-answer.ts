import type { EventSink } from '../exchange/event.ts'
import type { StartEvent } from '../exchange/event-spine.ts'
import { Failure } from '../exchange/failure.ts'
import { defined } from '../kit/defined.ts'
import { readString, type JsonObject } from '../kit/json.ts'
import { SSE_COMMENT } from '../kit/sse.ts'

/*
 * Operations that are never streamed: their codecs say how a whole answer is read and written, and nothing else.
 */

/** Pushes what a whole answer says, without its `end`; gives the failure that it turns out to be. */
export type ReadWhole<Content> = (body: JsonObject, sink: EventSink<Content>) => Failure | undefined

/** Who answers, and under which id. */
export function startOf(body: JsonObject): StartEvent {
  return {
    type: 'start',
    ...defined({ model: readString(body, 'model'), responseId: readString(body, 'id') }),
  }
}

/** Creates the decoder of an answer that is never streamed. */
export function createWholeDecoder<Content>(read: ReadWhole<Content>): WholeDecoder<Content> {
  return new WholeDecoder(read)
}

class WholeDecoder<Content> {
  readonly #read: ReadWhole<Content>
  readonly complete = false
  readonly mayBeList = true
  done = false

  constructor(read: ReadWhole<Content>) {
    this.#read = read
  }

  /** What comes in frames is no answer to a question that cannot be streamed; how it ends says so. */
  frame(): void {}

  unary(body: JsonObject, sink: EventSink<Content>): void {
    const failure = this.#read(body, sink)
    this.done = true
    sink(failure === undefined ? { type: 'end' } : { type: 'failure', failure })
  }

  close(sink: EventSink<Content>): void {
    if (this.done) return
    this.done = true
    sink({ type: 'failure', failure: new Failure('malformed-response') })
  }
}

/** Creates the encoder of an answer that is never streamed. */
export function createWholeEncoder<Result, Context>(
  write: (result: Result, context: Context) => JsonObject,
  context: Context,
) {
  return {
    event: () => '',
    lastWord: () => '',
    heartbeat: () => SSE_COMMENT,
    unary: (result: Result) => write(result, context),
  }
}
