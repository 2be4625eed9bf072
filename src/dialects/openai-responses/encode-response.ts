import type { ChatEvent, Finish } from '../../exchange/chat-content.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Usage } from '../../exchange/usage.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { errorObject } from '../error-object.ts'
import { Frames } from './frames.ts'
import { ItemWriter } from './item-writer.ts'
import { endingOf, openResponse } from './response-object.ts'
import { FAMILY } from './vocabulary.ts'
import { encodeUsage } from './usage.ts'
import { defined } from '../../kit/defined.ts'

/** Agents count events and not bytes: a comment would not keep them waiting. */
const KEEP_ALIVE = 'event: keepalive\ndata: {"type":"keepalive","sequence_number":0}\n\n'

/**
 * Writes one answer: the ladder of events that the SDKs demand, with ids that never change, a number in every event, and items that
 * are complete where they end. A unary answer is the last event of the same ladder (law 8). Only the first choice is shown: the
 * dialect has no word for others.
 */
export class ResponsesEncoder implements ResponseEncoder<'chat'> {
  readonly #context: EncodeContext<'chat'>
  readonly #frames = new Frames()
  readonly #items: ItemWriter
  #extra: JsonObject | undefined
  #usage: Usage | undefined
  #finish: Finish | undefined
  #hasBegun = false
  #isOver = false

  constructor(context: EncodeContext<'chat'>) {
    this.#context = context
    this.#items = new ItemWriter(context, this.#frames)
  }

  event(event: ChatEvent): string {
    if (this.#isOver) return ''
    if ('index' in event)
      return event.choice === 0 ? this.#begin() + this.#items.write(event) : this.#dropChoice()
    switch (event.type) {
      case 'start':
        this.#extra = event.extra?.[FAMILY]
        return ''
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'finish':
        if (event.choice === 0) this.#finish = event
        return ''
      case 'logprobs':
        if (event.choice === 0) this.#items.keepLogprobs(event.content)
        return ''
      case 'end':
        return this.#end()
      case 'failure':
        return this.#fail(event.failure)
      case 'passed':
        return ''
    }
  }

  /** The end of a stream holds the whole answer: nobody but its provider can say it. */
  lastWord(): string {
    return ''
  }

  heartbeat(): string {
    return KEEP_ALIVE
  }

  unary({ choices, extra, usage }: Message): JsonObject {
    this.event({ type: 'start', ...defined({ extra }) })
    for (const { index: choice, blocks, finish, logprobs } of choices) {
      blocks.forEach((block, index) => {
        this.event({ type: 'block-start', choice, index, block })
        this.event({ type: 'block-end', choice, index })
      })
      if (logprobs.length > 0) this.event({ type: 'logprobs', choice, content: logprobs })
      if (finish !== undefined) this.event(finish)
    }
    this.event({ type: 'usage', usage })
    this.#items.close(this.#finish)
    return this.#ended().response
  }

  #dropChoice(): string {
    this.#context.notice('choice.dropped')
    return ''
  }

  #begin(): string {
    if (this.#hasBegun) return ''
    this.#hasBegun = true
    const response = openResponse(this.#context, this.#extra)
    return ['response.created', 'response.in_progress']
      .map((type) => this.#frames.frame(type, { response }))
      .join('')
  }

  #end(): string {
    const text = this.#begin() + this.#items.close(this.#finish)
    this.#isOver = true
    const { ending, response } = this.#ended()
    return text + this.#frames.frame(`response.${ending.status}`, { response })
  }

  #ended() {
    const ending = endingOf(this.#finish, this.#items.hasRefused)
    const { serviceTier } = this.#usage ?? {}
    const response = {
      ...openResponse(this.#context, this.#extra),
      ...ending,
      output: this.#items.items,
      usage: this.#usage === undefined ? null : encodeUsage(this.#usage),
      ...defined({ service_tier: serviceTier }),
    }
    return { ending, response }
  }

  /** SDKs throw at the first of the two events, agents read the second. */
  #fail(failure: Failure): string {
    this.#isOver = true
    const error = errorObject(failure, FAMILY)
    const { code, message } = error
    const response = {
      ...openResponse(this.#context, this.#extra),
      status: 'failed',
      error: { code, message },
      output: this.#items.items,
    }
    const failed = this.#frames.frame('error', { ...error, type: undefined, error })
    return failed + this.#frames.frame('response.failed', { response })
  }
}
