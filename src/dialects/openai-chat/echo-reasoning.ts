import type { Turn } from '../../exchange/chat.ts'
import type { ReasoningBlock } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { Towards } from '../towards.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY } from './vocabulary.ts'

/** The field in which most servers of this family carry reasoning text. */
const REASONING_FIELD = 'reasoning_content'

/**
 * The fields with which past reasoning goes back on an assistant message. Signed reasoning of our own family goes back
 * as it came; another family's never does, not even as text, because it would be billed and read as the model's own.
 * Bare text goes only where the provider is known to take it.
 */
export function echoReasoning({ blocks, at }: Turn, hasCalls: boolean, to: Towards): JsonObject {
  const { echoReasoning: echo, reasoningField } = to.quirks
  const reasoning = blocks.filter((block) => block.type === 'reasoning')
  const mustEcho = echo === 'tool-calls' && hasCalls
  if (reasoning.length === 0 && !mustEcho) return NOTHING
  const own = reasoning.filter((block) => isOwn(block, at, to))
  const mayEcho = mustEcho || (echo === undefined && reasoningField !== undefined)
  const details = echo === undefined ? own.filter((block) => block.signature !== undefined) : []
  const text = mayEcho ? own.filter((block) => block.form === 'full' && !details.includes(block)) : []
  if (own.length > details.length + text.length) to.notice('reasoning.dropped', at)
  const fields: Record<string, Json> = {}
  if (mustEcho || text.length > 0) {
    fields[reasoningField ?? REASONING_FIELD] = text.map((block) => block.text).join('')
  }
  if (details.length > 0) fields['reasoning_details'] = toDetails(details)
  return fields
}

const NOTHING: JsonObject = {}

function isOwn({ signature }: ReasoningBlock, at: string | undefined, { notice }: Towards): boolean {
  if (signature === undefined || signature.family === FAMILY) return true
  notice('seal.foreign', at)
  return false
}
