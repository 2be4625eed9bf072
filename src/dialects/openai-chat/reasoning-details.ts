import type { ReasoningBlock, Signature } from '../../exchange/content.ts'
import { parseJsonObject, readString, type JsonObject } from '../../kit/json.ts'
import { CARRIED_FORMAT, DETAIL_SCHEME, FAMILY } from './vocabulary.ts'

/*
 * `reasoning_details` is the slot in which this family carries reasoning with its proof (OpenRouter's shape, echoed by
 * its clients). An entry of our own family is kept whole as a signature, apart from its text. A signature of another family
 * travels in an entry whose `format` names family and scheme, so that it finds its way back.
 */

const TEXT_TYPE = 'reasoning.text'
const SUMMARY_TYPE = 'reasoning.summary'
const HIDDEN_TYPE = 'reasoning.encrypted'

/** What one entry of `reasoning_details` says; a streamed entry says part of it. */
export interface ReasoningDetail {
  readonly form: ReasoningBlock['form']
  readonly text: string
  readonly signature?: Signature
}

/** Reads an entry, or gives undefined when it is of no known type. */
export function readDetail(entry: JsonObject): ReasoningDetail | undefined {
  const type = readString(entry, 'type')
  if (type === TEXT_TYPE)
    return { form: 'full', text: readString(entry, 'text') ?? '', ...signatureOf(entry, 'signature') }
  if (type === SUMMARY_TYPE) {
    return { form: 'summary', text: readString(entry, 'summary') ?? '', ...signatureOf(entry, 'signature') }
  }
  return type === HIDDEN_TYPE ? { form: 'hidden', text: '', ...signatureOf(entry, 'data') } : undefined
}

/** The members of an entry that are understood; those that count and name entries say nothing without a proof. */
export const DETAIL_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'text',
  'summary',
  'signature',
  'data',
  'format',
  'id',
  'index',
])

/** Is all of an entry kept beside its text, because its provider wants it back? */
export function isKeptWhole(entry: JsonObject): boolean {
  return readDetail(entry)?.signature?.scheme === DETAIL_SCHEME
}

/** The entries for all signed blocks, in order. */
export function toDetails(blocks: readonly ReasoningBlock[]): JsonObject[] {
  return blocks.map(toDetail).filter((entry) => entry !== undefined)
}

/** The entry for a signed block; undefined when it has no signature. */
function toDetail(block: ReasoningBlock): JsonObject | undefined {
  const { signature } = block
  if (signature === undefined) return undefined
  const kept =
    signature.family === FAMILY && signature.scheme === DETAIL_SCHEME
      ? parseJsonObject(signature.value)
      : undefined
  if (kept !== undefined) return withText(kept, block)
  const format = `${CARRIED_FORMAT}${signature.family}:${signature.scheme}`
  return block.form === 'hidden'
    ? { type: HIDDEN_TYPE, data: signature.value, format }
    : withText({ type: typeOf(block), signature: signature.value, format }, block)
}

function typeOf(block: ReasoningBlock): string {
  return block.form === 'summary' ? SUMMARY_TYPE : TEXT_TYPE
}

function withText(entry: JsonObject, block: ReasoningBlock): JsonObject {
  const { type, ...rest } = entry
  if (type === HIDDEN_TYPE) return entry
  return type === SUMMARY_TYPE ? { type, summary: block.text, ...rest } : { type, text: block.text, ...rest }
}

function signatureOf(entry: JsonObject, proof: 'signature' | 'data'): { signature?: Signature } {
  const value = readString(entry, proof)
  if (value === undefined || value === '') return {}
  const carried = carriedSignature(readString(entry, 'format') ?? '', value)
  if (carried !== undefined) return { signature: carried }
  const { text: _text, summary: _summary, ...kept } = entry
  return { signature: { family: FAMILY, scheme: DETAIL_SCHEME, value: JSON.stringify(kept) } }
}

function carriedSignature(format: string, value: string): Signature | undefined {
  if (!format.startsWith(CARRIED_FORMAT)) return undefined
  const [family, scheme] = format.slice(CARRIED_FORMAT.length).split(':')
  return family === undefined || scheme === undefined ? undefined : { family, scheme, value }
}
