import type { Finish, ResponseEvent } from '../../exchange/event.ts'
import type { Message } from '../../exchange/collect.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import { omitKeys, type JsonObject } from '../../kit/json.ts'
import { sseEvent } from '../../kit/sse.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { createBlockWriter } from './encode-answer-blocks.ts'
import { encodeAnswerBlock } from './encode-content.ts'
import { toErrorBody } from './failure.ts'
import { FAMILY, STOP_REASON_BY_FINISH } from './schema.ts'
import { fromUsage } from './usage.ts'

const PING = 'event: ping\ndata: {"type":"ping"}\n\n'
const MESSAGE_STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n'

type StartEvent = Extract<ResponseEvent, { type: 'start' }>

/**
 * Creates an encoder of one answer for a client of Messages. A stream follows the API's strict grammar: one `message_start`,
 * blocks one after the other with indexes from 0, one `message_delta`, `message_stop`; or `error`, and then nothing.
 * Only the first choice is shown: the dialect has no word for others.
 */
export function createResponseEncoder(context: EncodeContext): ResponseEncoder {
  const blocks = createBlockWriter()
  let start: StartEvent | undefined
  let usage: Usage | undefined
  let finish: Finish | undefined
  let begun = false
  let over = false

  /** `message_start` waits for the first event behind it, because usage often follows the start at once. */
  const begin = (): string => {
    if (begun) return ''
    begun = true
    const message = {
      ...messageHead(context, start?.extra?.[FAMILY]),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usage === undefined ? startUsage(context) : fromUsage(usage),
    }
    return sseEvent('message_start', JSON.stringify({ type: 'message_start', message })) + PING
  }

  const end = (): string => {
    over = true
    const { delta, beside } = messageEnd(finish, blocks.sawCall())
    const counted = usage === undefined ? startUsage(context) : fromUsage(usage)
    const frame = { type: 'message_delta', delta, usage: counted, ...beside }
    return begin() + blocks.close() + sseEvent('message_delta', JSON.stringify(frame)) + MESSAGE_STOP
  }

  return {
    event(event) {
      if (over) return ''
      if ('index' in event) return event.choice === 0 ? begin() + blocks.write(event) : ''
      switch (event.type) {
        case 'start':
          start = event
          return ''
        case 'usage':
          usage = event.usage
          return ''
        case 'finish':
          if (event.choice === 0) finish = event
          return ''
        case 'end':
          return end()
        case 'failure':
          over = true
          return sseEvent('error', JSON.stringify(toErrorBody(event.failure, context.requestId)))
        case 'passed':
        case 'token-count':
        case 'logprobs':
          return ''
      }
    },
    heartbeat: () => PING,
    unary: (message) => encodeMessage(message, context),
  }
}

function messageHead(context: EncodeContext, extra: JsonObject | undefined): JsonObject {
  return {
    ...extra,
    id: `msg_${context.requestId.replace(/^req_/, '')}`,
    type: 'message',
    role: 'assistant',
    model: context.model,
  }
}

/** What can be said of usage before the provider has said anything: our own estimate of the input. */
function startUsage({ estimatedInputTokens }: EncodeContext): JsonObject {
  return fromUsage({ ...NO_USAGE, inputTokens: estimatedInputTokens })
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

function encodeMessage(message: Message, context: EncodeContext): JsonObject {
  if (message.tokenCount !== undefined) return { input_tokens: message.tokenCount.inputTokens }
  const choice = message.choices.find(({ index }) => index === 0)
  const blocks = choice?.blocks ?? []
  const { delta, beside } = messageEnd(
    choice?.finish,
    blocks.some((block) => block.type === 'tool-call'),
  )
  return {
    ...messageHead(context, message.extra?.[FAMILY]),
    content: blocks.map(encodeAnswerBlock).filter((block) => block !== undefined),
    ...delta,
    ...beside,
    usage: fromUsage(message.usage),
  }
}
