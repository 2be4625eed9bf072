import type { JsonObject } from '../kit/json.ts'
import type { ChatRequest } from './chat.ts'

/** A question of the house to a model about what others have said. */
export interface DataQuestion {
  /** A route, or a model at a provider. */
  readonly model: string
  /** What the model is to do, in words of the house or of the file, never of a client. */
  readonly instructions: string
  /** What others have said. It stands in JSON strings, whose ends cannot be written inside of them: no text of it can pose as an instruction. */
  readonly material: JsonObject
  /** What the reply is to look like. */
  readonly reply: { readonly name: string; readonly schema: JsonObject }
}

/** Room for a model that thinks first. */
const REPLY_TOKENS = 1_000

/** The request by which it is asked. The same material gives the same request. */
export function dataQuestion({ model, instructions, material, reply }: DataQuestion): ChatRequest {
  return {
    operation: 'chat',
    model,
    stream: false,
    wantsUsage: true,
    turns: [
      { role: 'system', blocks: [{ type: 'text', text: instructions }] },
      { role: 'user', blocks: [{ type: 'text', text: JSON.stringify(material) }] },
    ],
    maxOutputTokens: REPLY_TOKENS,
    output: { type: 'json-schema', ...reply },
  }
}
