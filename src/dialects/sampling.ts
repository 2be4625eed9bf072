import type { ChatRequest } from '../exchange/chat.ts'
import type { Capabilities } from '../exchange/target.ts'
import type { Json } from '../kit/json.ts'
import { effortOf } from './reasoning-effort.ts'

/** Values of sampling parameters, by wire name, that ask for what a model does anyway. */
const PLAIN: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['temperature', 1],
  ['top_p', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
  ['logprobs', false],
])

/** Is nothing lost when a sampling parameter is left out? */
export function isPlainSampling(name: string, value: Json): boolean {
  return value === null || value === PLAIN.get(name)
}

/** Does the model take sampling parameters in this request? */
export function takesSampling({ reasoning }: ChatRequest, { sampling }: Capabilities): boolean {
  if (sampling !== 'unless-reasoning') return sampling !== false
  return reasoning === undefined || effortOf(reasoning) === 'none'
}
