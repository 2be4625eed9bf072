import type { Block, ReasoningBlock } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { Encoding } from './encode-context.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY } from './schema.ts'

/** The field in which most servers of this family carry reasoning text. */
const REASONING_FIELD = 'reasoning_content'

export interface ReasoningPlace {
  readonly path: string
  readonly encoding: Encoding
  /** True when the turn has tool calls. */
  readonly hasCalls: boolean
}

/**
 * The fields with which past reasoning goes back on an assistant message. Sealed reasoning of our own family goes back
 * as it came; another family's never does, not even as text, because it would be billed and read as the model's own.
 * Bare text goes only where the provider is known to take it.
 */
export function encodeReasoning(blocks: readonly Block[], place: ReasoningPlace): JsonObject {
  const { encoding, hasCalls, path } = place
  const { echoReasoning, reasoningField } = encoding.quirks
  const reasoning = blocks.filter((block) => block.type === 'reasoning')
  const mustEcho = echoReasoning === 'tool-calls' && hasCalls
  if (reasoning.length === 0 && !mustEcho) return {}
  const own = reasoning.filter((block) => isOwn(block, place))
  const mayEcho = mustEcho || (echoReasoning === undefined && reasoningField !== undefined)
  const details = echoReasoning === undefined ? own.filter((block) => block.seal !== undefined) : []
  const text = mayEcho ? own.filter((block) => block.form === 'full' && !details.includes(block)) : []
  if (own.length > details.length + text.length) encoding.notice('reasoning.dropped', path)
  const fields: Record<string, Json> = {}
  if (mustEcho || text.length > 0) {
    fields[reasoningField ?? REASONING_FIELD] = text.map((block) => block.text).join('')
  }
  if (details.length > 0) fields['reasoning_details'] = toDetails(details)
  return fields
}

function isOwn(block: ReasoningBlock, { encoding, path }: ReasoningPlace): boolean {
  if (block.seal === undefined || block.seal.family === FAMILY) return true
  encoding.notice('seal.foreign', path)
  return false
}
