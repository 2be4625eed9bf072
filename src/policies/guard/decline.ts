import type { ChatContent } from '../../exchange/chat-content.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import { singleChunk, type ModelResponse } from '../../exchange/response.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { Layer } from '../policy.ts'

/** Creates the layer that refuses in the words of a model where a guardrail has asked for it. No model is asked, and nothing is paid. */
export function createDecline(): Layer {
  return (next) => (exchange) => {
    const { declined, request } = exchange
    return declined === undefined ? next(exchange) : Promise.resolve(refusal(declined, request.model))
  }
}

function refusal(message: string, model: string): ModelResponse {
  const events: readonly ResponseEvent[] = [
    { type: 'start' },
    ...refusalEvents(message, { choice: 0, index: 0 }),
    { type: 'usage', usage: NO_USAGE, isFinal: true },
    { type: 'end' },
  ]
  return { from: { kind: 'gateway', model }, headers: {}, source: singleChunk({ events }) }
}

/** What a model says that refuses: a block of its own, and the end of its answer. */
export function refusalEvents(
  message: string,
  at: { readonly choice: number; readonly index: number },
): readonly ChatContent[] {
  return [
    { type: 'block-start', ...at, block: { type: 'refusal', text: '' } },
    { type: 'refusal-delta', ...at, text: message },
    { type: 'block-end', ...at },
    { type: 'finish', choice: at.choice, reason: 'content-filter', explanation: message },
  ]
}
