import type { ReasoningBlock, Seal } from '../../exchange/content.ts'
import { parseJsonObject, readString, type JsonObject } from '../../kit/json.ts'
import { CARRIED_FORMAT, DETAIL_SCHEME, FAMILY } from './schema.ts'

/*
 * `reasoning_details` is the slot in which this family carries reasoning with its proof (OpenRouter's shape, echoed by
 * its clients). An entry of our own family is kept whole as a seal, apart from its text. A seal of another family
 * travels in an entry whose `format` names family and scheme, so that it finds its way back.
 */

const TEXT_TYPE = 'reasoning.text'
const SUMMARY_TYPE = 'reasoning.summary'
const HIDDEN_TYPE = 'reasoning.encrypted'

/** What one entry of `reasoning_details` says; a streamed entry says part of it. */
export interface ReasoningDetail {
  readonly form: ReasoningBlock['form']
  readonly text: string
  readonly seal?: Seal
}

/** Reads an entry, or gives undefined when it is of no known type. */
export function readDetail(entry: JsonObject): ReasoningDetail | undefined {
  const type = readString(entry, 'type')
  if (type === TEXT_TYPE)
    return { form: 'full', text: readString(entry, 'text') ?? '', ...sealOf(entry, 'signature') }
  if (type === SUMMARY_TYPE) {
    return { form: 'summary', text: readString(entry, 'summary') ?? '', ...sealOf(entry, 'signature') }
  }
  return type === HIDDEN_TYPE ? { form: 'hidden', text: '', ...sealOf(entry, 'data') } : undefined
}

/** The entries for all sealed blocks, in order. */
export function toDetails(blocks: readonly ReasoningBlock[]): JsonObject[] {
  return blocks.map(toDetail).filter((entry) => entry !== undefined)
}

/** The entry for a sealed block; undefined when it has no seal. */
function toDetail(block: ReasoningBlock): JsonObject | undefined {
  const { seal } = block
  if (seal === undefined) return undefined
  const kept =
    seal.family === FAMILY && seal.scheme === DETAIL_SCHEME ? parseJsonObject(seal.value) : undefined
  if (kept !== undefined) return withText(kept, block)
  const format = `${CARRIED_FORMAT}${seal.family}:${seal.scheme}`
  return block.form === 'hidden'
    ? { type: HIDDEN_TYPE, data: seal.value, format }
    : withText({ type: typeOf(block), signature: seal.value, format }, block)
}

function typeOf(block: ReasoningBlock): string {
  return block.form === 'summary' ? SUMMARY_TYPE : TEXT_TYPE
}

function withText(entry: JsonObject, block: ReasoningBlock): JsonObject {
  const { type, ...rest } = entry
  if (type === HIDDEN_TYPE) return entry
  return type === SUMMARY_TYPE ? { type, summary: block.text, ...rest } : { type, text: block.text, ...rest }
}

function sealOf(entry: JsonObject, proof: 'signature' | 'data'): { seal?: Seal } {
  const value = readString(entry, proof)
  if (value === undefined || value === '') return {}
  const carried = carriedSeal(readString(entry, 'format') ?? '', value)
  if (carried !== undefined) return { seal: carried }
  const { text: _text, summary: _summary, ...kept } = entry
  return { seal: { family: FAMILY, scheme: DETAIL_SCHEME, value: JSON.stringify(kept) } }
}

function carriedSeal(format: string, value: string): Seal | undefined {
  if (!format.startsWith(CARRIED_FORMAT)) return undefined
  const [family, scheme] = format.slice(CARRIED_FORMAT.length).split(':')
  return family === undefined || scheme === undefined ? undefined : { family, scheme, value }
}
