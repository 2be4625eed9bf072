import type { EventSink } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { Operation, ResultOf, ContentOf } from '../exchange/operations/all.ts'
import { SSE_COMMENT } from '../kit/sse.ts'
import type { JsonObject } from '../kit/json.ts'
import type { EncodeContext, ResponseDecoder, ResponseEncoder } from './dialect.ts'

/*
 * Operations that are never streamed: their codecs say how a whole answer is read and written, and nothing else.
 */

/** Pushes what a whole answer says, without its `end`; gives the failure that it turns out to be. */
export type ReadWhole<O extends Operation> = (
  body: JsonObject,
  sink: EventSink<ContentOf<O>>,
) => Failure | undefined

/** Creates the decoder of an answer that is never streamed. */
export function createWholeDecoder<O extends Operation>(read: ReadWhole<O>): ResponseDecoder<O> {
  return new WholeDecoder(read)
}

class WholeDecoder<O extends Operation> implements ResponseDecoder<O> {
  readonly #read: ReadWhole<O>
  readonly complete = false
  done = false

  constructor(read: ReadWhole<O>) {
    this.#read = read
  }

  /** What comes in frames is no answer to a question that cannot be streamed; how it ends says so. */
  frame(): void {}

  unary(body: JsonObject, sink: EventSink<ContentOf<O>>): void {
    const failure = this.#read(body, sink)
    this.done = true
    sink(failure === undefined ? { type: 'end' } : { type: 'failure', failure })
  }

  close(sink: EventSink<ContentOf<O>>): void {
    if (this.done) return
    this.done = true
    sink({ type: 'failure', failure: new Failure('malformed-response') })
  }
}

/** Creates the encoder of an answer that is never streamed. */
export function createWholeEncoder<O extends Operation>(
  write: (result: ResultOf<O>, context: EncodeContext<O>) => JsonObject,
  context: EncodeContext<O>,
): ResponseEncoder<O> {
  return {
    event: () => '',
    lastWord: () => '',
    heartbeat: () => SSE_COMMENT,
    unary: (result) => write(result, context),
  }
}
