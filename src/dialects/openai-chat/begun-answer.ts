import type { Body } from '../fates.ts'
import type { Towards } from '../towards.ts'
import type { JsonObject } from '../../kit/json.ts'

/**
 * Marks the last message as the beginning of the answer where it is one of the assistant's, the model takes such beginnings, and its
 * server wants that said: on the message, or beside all of them (https://docs.mistral.ai/api, https://platform.moonshot.ai/docs,
 * https://docs.vllm.ai/en/stable/serving/openai_compatible_server).
 */
export function markBegun({ chat, quirks, capabilities }: Towards, messages: JsonObject[], body: Body): void {
  const last = messages.at(-1)
  const { prefillParam } = quirks
  const isBegun = chat.turns.at(-1)?.role === 'assistant' && last?.['role'] === 'assistant'
  if (prefillParam === undefined || capabilities.prefill !== true || last === undefined || !isBegun) return
  if (prefillParam !== 'continue_final_message')
    messages[messages.length - 1] = { ...last, [prefillParam]: true }
  else Object.assign(body, { continue_final_message: true, add_generation_prompt: false })
}
