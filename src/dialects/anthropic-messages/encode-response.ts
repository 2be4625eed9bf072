import type { Finish } from '../../exchange/chat-content.ts'
import type { Choice, Message } from '../../exchange/collect.ts'
import type { Failure } from '../../exchange/failure.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import { omitKeys, type JsonObject } from '../../kit/json.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { sseEvent } from '../../kit/sse.ts'
import { SingleAnswerWriter } from '../answer-writer.ts'
import { SequentialBlocks } from '../block-writer.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { encodeAnswerBlock } from './encode-response-blocks.ts'
import { toErrorBody } from './failure.ts'
import { MessageBlocks } from './message-blocks.ts'
import { FAMILY, STOP_REASON_BY_FINISH } from './vocabulary.ts'
import { fromUsage } from './usage.ts'

const PING = 'event: ping\ndata: {"type":"ping"}\n\n'
const MESSAGE_STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'

/** Creates an encoder of one answer for a client of Messages. */
export function createResponseEncoder(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  return new MessageWriter(context)
}

/**
 * Writes an answer of Messages. A stream follows the API's strict grammar: one `message_start`, blocks one after the other with
 * indexes from 0, one `message_delta`, `message_stop`; or `error`, and then nothing.
 */
class MessageWriter extends SingleAnswerWriter {
  protected override readonly terminator = MESSAGE_STOP
  #blocks: MessageBlocks | undefined

  heartbeat(): string {
    return PING
  }

  unary(message: Message): JsonObject {
    return encodeMessage(message, this.context)
  }

  protected override createBlocks(): SequentialBlocks {
    this.#blocks = new MessageBlocks(this.context.notice)
    return new SequentialBlocks(this.#blocks)
  }

  protected override writeHead(): string {
    const message = {
      ...messageHead(this.context, this.start?.extra?.[FAMILY]),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: this.#counted(),
    }
    return sseEvent('message_start', JSON.stringify({ type: 'message_start', message })) + PING
  }

  protected override writeTail(): string {
    const { delta, beside } = messageEnd(this.finish, this.#blocks?.hasCalled === true)
    const frame = { type: 'message_delta', delta, usage: this.#counted(), ...beside }
    return sseEvent('message_delta', JSON.stringify(frame)) + MESSAGE_STOP
  }

  protected override writeFailure(failure: Failure): string {
    return sseEvent('error', JSON.stringify(toErrorBody(failure, this.context.requestId)))
  }

  /** What is known of usage: before the provider has said anything our own estimate of the input. */
  #counted(): JsonObject {
    if (this.usage !== undefined) return fromUsage(this.usage)
    return fromUsage({ ...NO_USAGE, inputTokens: this.context.estimatedInputTokens })
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
  const own = finish?.extra?.[FAMILY]
  const delta: Mutable<JsonObject> = {
    stop_reason: stopReason(finish, sawCall),
    stop_sequence: finish?.stopSequence ?? null,
  }
  setDefined(delta, 'stop_details', own?.['stop_details'] ?? refusalDetails(finish))
  setDefined(delta, 'container', own?.['container'])
  return { delta, beside: own === undefined ? NOTHING : omitKeys(own, DELTA_EXTRAS) }
}

const NOTHING: JsonObject = {}

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

function isFirst({ index }: Choice): boolean {
  return index === 0
}

function isLost({ index, blocks }: Choice): boolean {
  return index !== 0 && blocks.length > 0
}

function encodeMessage(message: Message, context: EncodeContext<'chat'>): JsonObject {
  const { notice } = context
  const choice = message.choices.find(isFirst)
  const content: JsonObject[] = []
  let sawCall = false
  for (const block of choice?.blocks ?? []) {
    content.push(...encodeAnswerBlock(block, notice))
    if (block.type === 'tool-call') sawCall = true
  }
  if (choice !== undefined && choice.logprobs.length > 0) notice('logprobs.dropped')
  if (message.choices.some(isLost)) notice('choice.dropped')
  const { delta, beside } = messageEnd(choice?.finish, sawCall)
  return {
    ...messageHead(context, message.extra?.[FAMILY]),
    content,
    ...delta,
    ...beside,
    usage: fromUsage(message.usage),
  }
}
