import type { Message } from '../../exchange/collect.ts'
import type { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import { SingleAnswerWriter, type LogprobsEvent } from '../answer-writer.ts'
import type { BlockWriter } from '../block-writer.ts'
import type { EncodeContext } from '../dialect.ts'
import { errorObject } from '../error-object.ts'
import { OutputBlocks } from './output-blocks.ts'
import { endingOf, openResponse, type Ending } from './response-object.ts'
import { encodeUsage } from './usage.ts'
import { FAMILY } from './vocabulary.ts'

/** Agents count events and not bytes: a comment would not keep them waiting. */
const KEEP_ALIVE = 'event: keepalive\ndata: {"type":"keepalive","sequence_number":0}\n\n'

/**
 * Writes an answer of Responses: the ladder of events that the SDKs demand, with ids that never change, a number in every event, and
 * items that are complete where they end. A unary answer is the last event of the same ladder (law 8).
 */
export class ResponsesWriter extends SingleAnswerWriter {
  /** The end of a stream holds the whole answer: nobody but its provider can say it. */
  protected override readonly terminator = ''
  readonly #wire: OutputBlocks

  constructor(context: EncodeContext<'chat'>) {
    super(context)
    this.#wire = new OutputBlocks(context)
  }

  follow(wire: Uint8Array): void {
    this.#wire.output.countOn(wire)
    this.#wire.goOnAs(wire)
  }

  heartbeat(): string {
    return KEEP_ALIVE
  }

  unary(message: Message): JsonObject {
    this.replay(message)
    return this.#ended()
  }

  protected override createBlocks(): BlockWriter {
    return this.#wire.blocks
  }

  protected override writeLogprobs({ choice, content }: LogprobsEvent): string {
    if (choice === 0 && !this.#wire.keepLogprobs(content)) this.context.notice('logprobs.dropped')
    return ''
  }

  protected override writeHead(): string {
    const { output } = this.#wire
    const response = this.#response()
    output.tell('response.created', { response })
    output.tell('response.in_progress', { response })
    return output.take()
  }

  protected override writeTail(): string {
    const { finish } = this
    const ended = this.#wire.end(finish?.reason === 'refusal' ? finish.explanation : undefined)
    const { output } = this.#wire
    const response = this.#ended()
    output.tell(`response.${response.status}`, { response })
    return ended + output.take()
  }

  /** SDKs throw at the first of the two events, agents read the second. */
  protected override writeFailure(failure: Failure): string {
    const error = errorObject(failure, FAMILY)
    const { code, message } = error
    const { output } = this.#wire
    const response = { ...this.#response(), status: 'failed', error: { code, message }, output: output.items }
    output.tell('error', { ...error, type: undefined, error })
    output.tell('response.failed', { response })
    return output.take()
  }

  #response(): JsonObject {
    return openResponse(this.context, this.start?.extra?.[FAMILY])
  }

  #ended(): JsonObject & Ending {
    return {
      ...this.#response(),
      ...endingOf(this.finish, this.#wire.hasRefused),
      output: this.#wire.output.items,
      usage: this.usage === undefined ? null : encodeUsage(this.usage),
      ...defined({ service_tier: this.usage?.serviceTier }),
    }
  }
}
