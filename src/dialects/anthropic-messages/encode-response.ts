import type { ChatEvent, Finish } from '../../exchange/chat-said.ts'
import type { Message } from '../../exchange/collect.ts'
import type { StartEvent } from '../../exchange/event-spine.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import { omitKeys, type JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { createBlockWriter, type BlockWriter } from './encode-stream-blocks.ts'
import { encodeAnswerBlock } from './encode-response-blocks.ts'
import { toErrorBody } from './failure.ts'
import { FAMILY, STOP_REASON_BY_FINISH } from './schema.ts'
import { fromUsage } from './usage.ts'

const PING = 'event: ping\ndata: {"type":"ping"}\n\n'
const MESSAGE_STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'

/**
 * Creates an encoder of one answer for a client of Messages. A stream follows the API's strict grammar: one `message_start`,
 * blocks one after the other with indexes from 0, one `message_delta`, `message_stop`; or `error`, and then nothing.
 * Only the first choice is shown: the dialect has no word for others.
 */
export function createResponseEncoder(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  return new MessageEncoder(context)
}

class MessageEncoder implements ResponseEncoder<'chat'> {
  readonly #context: EncodeContext<'chat'>
  #blocks: BlockWriter | undefined
  #start: StartEvent | undefined
  #usage: Usage | undefined
  #finish: Finish | undefined
  #begun = false
  #over = false

  constructor(context: EncodeContext<'chat'>) {
    this.#context = context
  }

  event(event: ChatEvent): string {
    if (this.#over) return ''
    if ('index' in event)
      return event.choice === 0 ? this.#begin() + this.#writer().write(event) : this.#dropChoice()
    switch (event.type) {
      case 'start':
        this.#start = event
        return ''
      case 'usage':
        this.#usage = event.usage
        return ''
      case 'finish':
        if (event.choice === 0) this.#finish = event
        return ''
      case 'end':
        return this.#end()
      case 'failure':
        this.#over = true
        return sseEvent('error', JSON.stringify(toErrorBody(event.failure, this.#context.requestId)))
      case 'logprobs':
        this.#context.notice('logprobs.dropped')
        return ''
      case 'passed':
        return ''
    }
  }

  lastWord(): string {
    this.#over = true
    return MESSAGE_STOP
  }

  heartbeat(): string {
    return PING
  }

  unary(message: Message): JsonObject {
    return encodeMessage(message, this.#context)
  }

  #writer(): BlockWriter {
    this.#blocks ??= createBlockWriter(this.#context.notice)
    return this.#blocks
  }

  #dropChoice(): string {
    this.#context.notice('choice.dropped')
    return ''
  }

  /** `message_start` waits for the first event behind it, because usage often follows the start at once. */
  #begin(): string {
    if (this.#begun) return ''
    this.#begun = true
    const message = {
      ...messageHead(this.#context, this.#start?.extra?.[FAMILY]),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: this.#counted(),
    }
    return sseEvent('message_start', JSON.stringify({ type: 'message_start', message })) + PING
  }

  #end(): string {
    this.#over = true
    const blocks = this.#writer()
    const { delta, beside } = messageEnd(this.#finish, blocks.sawCall())
    const frame = { type: 'message_delta', delta, usage: this.#counted(), ...beside }
    return this.#begin() + blocks.close() + sseEvent('message_delta', JSON.stringify(frame)) + MESSAGE_STOP
  }

  /** What is known of usage: before the provider has said anything our own estimate of the input. */
  #counted(): JsonObject {
    if (this.#usage !== undefined) return fromUsage(this.#usage)
    return fromUsage({ ...NO_USAGE, inputTokens: this.#context.estimatedInputTokens })
  }
}

const ID_PREFIX = /^req_/

function messageHead(context: EncodeContext<'chat'>, extra: JsonObject | undefined): JsonObject {
  return {
    ...extra,
    id: `msg_${context.requestId.replace(ID_PREFIX, '')}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
  }
}

interface MessageEnd {
  /** Why the answer ended, and what belongs to that. */
  readonly delta: JsonObject
  /** Other fields of the family, beside it. */
  readonly beside: JsonObject
}

const DELTA_EXTRAS: ReadonlySet<string> = new Set(['stop_details', 'container'])

function messageEnd(finish: Finish | undefined, sawCall: boolean): MessageEnd {
  const own = finish?.extra?.[FAMILY] ?? {}
  const details = own['stop_details'] ?? refusalDetails(finish)
  const { container } = own
  return {
    delta: {
      stop_reason: stopReason(finish, sawCall),
      stop_sequence: finish?.stopSequence ?? null,
      ...(details === undefined ? {} : { stop_details: details }),
      ...(container === undefined ? {} : { container }),
    },
    beside: omitKeys(own, DELTA_EXTRAS),
  }
}

function stopReason(finish: Finish | undefined, sawCall: boolean): string {
  if (finish === undefined) return sawCall ? 'tool_use' : 'end_turn'
  // The API's own word survives; words of other providers do not mean anything to these clients.
  if (finish.rawReason === 'compaction') return finish.rawReason
  return STOP_REASON_BY_FINISH[finish.reason]
}

function refusalDetails(finish: Finish | undefined): JsonObject | undefined {
  if (finish?.explanation === undefined) return undefined
  return { type: 'refusal', category: null, explanation: finish.explanation }
}

function encodeMessage(message: Message, context: EncodeContext<'chat'>): JsonObject {
  const { notice } = context
  const choice = message.choices.find(({ index }) => index === 0)
  const content: JsonObject[] = []
  let sawCall = false
  for (const block of choice?.blocks ?? []) {
    content.push(...encodeAnswerBlock(block, notice))
    if (block.type === 'tool-call') sawCall = true
  }
  if (choice !== undefined && choice.logprobs.length > 0) notice('logprobs.dropped')
  if (message.choices.some(({ index, blocks }) => index !== 0 && blocks.length > 0)) notice('choice.dropped')
  const { delta, beside } = messageEnd(choice?.finish, sawCall)
  return {
    ...messageHead(context, message.extra?.[FAMILY]),
    content,
    ...delta,
    ...beside,
    usage: fromUsage(message.usage),
  }
}
