import type {
  Block,
  Citation,
  ReasoningBlock,
  Signature,
  TextBlock,
  ToolCallBlock,
} from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import {
  isArray,
  isObject,
  parseJsonObjectExactly,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { isAnswerBlock } from '../block-writer.ts'
import { wrapSignature } from '../carried-signature.ts'
import { callInput } from '../call-input.ts'
import { FAMILY, REDACTED, SIGNATURE, TOOL_RULES } from './vocabulary.ts'

/**
 * A block of an answer as the API would have written it: the block, and before a call what carries its proof. Nothing for empty
 * text, which clients would send back and which would be refused, and for what clients of this dialect cannot be shown.
 */
export function encodeAnswerBlock(block: Block, notice: NoticeSink): readonly JsonObject[] {
  if (!isAnswerBlock(block, { family: FAMILY, notice })) return NONE
  switch (block.type) {
    case 'text':
      if (block.signature !== undefined) notice('seal.lost')
      return present(encodeText(block, notice))
    case 'refusal':
      return block.text === '' ? NONE : [{ type: 'text', text: block.text }]
    case 'reasoning':
      return present(encodeThinking(block))
    case 'tool-call':
      return [...present(callCarrier(block)), { ...openCall(block), input: callInput(block, notice) }]
    case 'native':
      return [settleNative(block.raw)]
    case 'media':
      notice('media.dropped')
      return NONE
  }
}

const NONE: readonly JsonObject[] = []

function present(block: JsonObject | undefined): readonly JsonObject[] {
  return block === undefined ? NONE : [block]
}

function encodeText(block: TextBlock, notice: NoticeSink): JsonObject | undefined {
  const { text, citations } = block
  const wire = citations === undefined ? NONE : encodeCitations(citations, notice)
  if (wire.length > 0) return { type: 'text', text, citations: wire, ...ownFields(block) }
  return text === '' ? undefined : { type: 'text', text, ...ownFields(block) }
}

function encodeCitations(citations: readonly Citation[], notice: NoticeSink): readonly JsonObject[] {
  return citations
    .map((citation) => encodeCitation(citation, notice))
    .filter((citation) => citation !== undefined)
}

function encodeThinking(block: ReasoningBlock): JsonObject | undefined {
  const { signature, text } = block
  const data = redactedData(block, signature)
  if (data !== undefined) return { type: 'redacted_thinking', data, ...ownFields(block) }
  const shown = shownSignature(signature)
  if (text === '' && shown === undefined) return undefined
  return { type: 'thinking', thinking: text, signature: shown ?? '', ...ownFields(block) }
}

/** A call before its input is known. Its id is one that the API takes back, from whichever provider it came. */
export function openCall(block: ToolCallBlock): JsonObject {
  const id = TOOL_RULES.callId(block.id)
  return { type: 'tool_use', id, name: block.name, input: {}, ...ownFields(block) }
}

/**
 * What carries the proof of a call, which has no slot of its own here: a thought that cannot be read, because all clients send
 * those back beside the calls that followed them. Undefined for a call without a proof.
 */
export function callCarrier({
  id,
  signature,
}: Pick<ToolCallBlock, 'id' | 'signature'>): JsonObject | undefined {
  return signature === undefined
    ? undefined
    : { type: 'redacted_thinking', data: wrapSignature({ signature, callId: TOOL_RULES.callId(id) }) }
}

/** What a block of thinking shows as its signature: the family's own, or the proof of another family, wrapped. */
export function shownSignature(signature: Signature | undefined): string | undefined {
  if (signature === undefined) return undefined
  if (signature.family !== FAMILY) return wrapSignature({ signature })
  return signature.scheme === SIGNATURE ? signature.value : undefined
}

/** The content of reasoning that is nothing but its signature. */
export function redactedData(
  { form }: Pick<ReasoningBlock, 'form'>,
  signature: Signature | undefined,
): string | undefined {
  if (signature === undefined) return undefined
  if (signature.family === FAMILY) return signature.scheme === REDACTED ? signature.value : undefined
  return form === 'hidden' ? wrapSignature({ signature }) : undefined
}

/** The unknown fields that the family itself put on a block. */
export function ownFields(block: Block): JsonObject | undefined {
  return block.extra?.[FAMILY]
}

/** A citation as its family wrote it, or a web address in the shape of a web search result. */
export function encodeCitation(citation: Citation, notice: NoticeSink): JsonObject | undefined {
  const own = citation.extra?.[FAMILY]
  if (own !== undefined) return own
  if (citation.url === undefined) {
    notice('citation.dropped')
    return undefined
  }
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
