import type { Block, Citation, Seal } from '../../exchange/content.ts'
import {
  isArray,
  isObject,
  parseJsonObjectExactly,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { FAMILY, REDACTED, SIGNATURE } from './schema.ts'

/**
 * One block of an answer as the API would have written it. Undefined for what clients of this dialect cannot be shown:
 * empty text (they would send it back, and it would be refused), foreign hidden reasoning and foreign hosted tools.
 */
export function encodeAnswerBlock(block: Block): JsonObject | undefined {
  switch (block.type) {
    case 'text':
      return encodeText(block.text, block.citations, ownFields(block))
    case 'refusal':
      return encodeText(block.text, undefined, undefined)
    case 'reasoning':
      return encodeThinking(block.text, block.seal, ownFields(block))
    case 'tool-call':
      return {
        type: 'tool_use',
        id: block.id,
        name: block.name,
        input:
          block.form === 'text'
            ? { input: block.arguments }
            : (parseJsonObjectExactly(block.arguments) ?? {}),
        ...ownFields(block),
      }
    case 'native':
      return block.family === FAMILY ? settleNative(block.raw) : undefined
    case 'media':
    case 'search-result':
    case 'tool-result':
      return undefined
  }
}

function encodeText(
  text: string,
  citations: readonly Citation[] | undefined,
  extra: JsonObject | undefined,
): JsonObject | undefined {
  const wire = citations?.map(encodeCitation).filter((citation) => citation !== undefined)
  if (wire !== undefined && wire.length > 0) return { type: 'text', text, citations: wire, ...extra }
  return text === '' ? undefined : { type: 'text', text, ...extra }
}

function encodeThinking(
  text: string,
  seal: Seal | undefined,
  extra: JsonObject | undefined,
): JsonObject | undefined {
  if (redactedData(seal) !== undefined)
    return { type: 'redacted_thinking', data: redactedData(seal), ...extra }
  const signature = ownSignature(seal)
  if (text === '' && signature === undefined) return undefined
  return { type: 'thinking', thinking: text, signature: signature ?? '', ...extra }
}

/** The signature of a seal of this family. */
export function ownSignature(seal: Seal | undefined): string | undefined {
  return seal?.family === FAMILY && seal.scheme === SIGNATURE ? seal.value : undefined
}

/** The content of a block that is nothing but a seal of this family. */
export function redactedData(seal: Seal | undefined): string | undefined {
  return seal?.family === FAMILY && seal.scheme === REDACTED ? seal.value : undefined
}

/** The unknown fields that the family itself put on a block. */
export function ownFields(block: Block): JsonObject | undefined {
  return block.extra?.[FAMILY]
}

/** A citation as its family wrote it, or a web address in the shape of a web search result. */
export function encodeCitation(citation: Citation): JsonObject | undefined {
  const own = citation.extra?.[FAMILY]
  if (own !== undefined) return own
  if (citation.url === undefined) return undefined
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.text ?? '',
    encrypted_index: '',
  }
}

/** A block of the family with the deltas that followed it applied, as a unary answer would have held it. */
export function settleNative(raw: JsonObject): JsonObject {
  const { deltas, ...block } = raw
  if (!isArray(deltas)) return raw
  const settled: Record<string, Json | undefined> = block
  let input = ''
  for (const delta of deltas.filter(isObject)) {
    if (readString(delta, 'type') === 'input_json_delta') input += readString(delta, 'partial_json') ?? ''
    else applyDelta(settled, delta)
  }
  if (input !== '') settled['input'] = parseJsonObjectExactly(input) ?? {}
  return settled
}

function applyDelta(settled: Record<string, Json | undefined>, delta: JsonObject): void {
  for (const [key, value] of Object.entries(delta)) {
    if (key === 'type') continue
    const known = settled[key]
    settled[key] = typeof known === 'string' && typeof value === 'string' ? known + value : value
  }
}
