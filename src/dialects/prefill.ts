import { Failure } from '../exchange/failure.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import type { Capabilities } from '../exchange/target.ts'

/**
 * Refuses a conversation that ends with the beginning of an answer where the model is known not to go on with it. An answer that
 * the provider itself broke off, with the traffic of its tools at the end, is no such beginning.
 * Throws `Failure('unsupported-feature')` that names the message.
 */
export function refusePrefill({ turns }: ChatRequest, { prefill }: Capabilities): void {
  if (prefill !== false) return
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || last.blocks.at(-1)?.type === 'native') return
  throw new Failure('unsupported-feature', {
    param: last.at ?? `messages[${turns.length - 1}]`,
    message:
      'The chosen model does not continue a last assistant message (prefill). End with a user message or choose another model.',
  })
}
