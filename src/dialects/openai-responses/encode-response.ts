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

  heartbeat(): string {
    return KEEP_ALIVE
  }

  unary(message: Message): JsonObject {
    this.replay(message)
    return this.#ended(this.#ending())
  }

  protected override createBlocks(): BlockWriter {
    return this.#wire.blocks
  }

  protected override writeLogprobs({ choice, content }: LogprobsEvent): string {
    if (choice === 0 && !this.#wire.messages.keepLogprobs(content)) this.context.notice('logprobs.dropped')
    return ''
  }

  protected override writeHead(): string {
    const response = this.#response()
    return this.#frame('response.created', { response }) + this.#frame('response.in_progress', { response })
  }

  protected override writeTail(): string {
    const { finish } = this
    const ended = this.#wire.end(finish?.reason === 'refusal' ? finish.explanation : undefined)
    const ending = this.#ending()
    return ended + this.#frame(`response.${ending.status}`, { response: this.#ended(ending) })
  }

  /** SDKs throw at the first of the two events, agents read the second. */
  protected override writeFailure(failure: Failure): string {
    const error = errorObject(failure, FAMILY)
    const { code, message } = error
    const { items: output } = this.#wire.output
    const response = { ...this.#response(), status: 'failed', error: { code, message }, output }
    const failed = this.#frame('error', { ...error, type: undefined, error })
    return failed + this.#frame('response.failed', { response })
  }

  #frame(type: string, members: JsonObject): string {
    return this.#wire.output.frame(type, members)
  }

  #response(): JsonObject {
    return openResponse(this.context, this.start?.extra?.[FAMILY])
  }

  #ending(): Ending {
    return endingOf(this.finish, this.#wire.hasRefused)
  }

  #ended(ending: Ending): JsonObject {
    return {
      ...this.#response(),
      ...ending,
      output: this.#wire.output.items,
      usage: this.usage === undefined ? null : encodeUsage(this.usage),
      ...defined({ service_tier: this.usage?.serviceTier }),
    }
  }
}
