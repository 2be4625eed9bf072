import type { ReasoningBlock, Signature } from '../../exchange/content.ts'
import { readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { unwrapSignature, wrapSignature } from '../carried-signature.ts'
import { FAMILY, PROOF } from './vocabulary.ts'
import { defined } from '../../kit/defined.ts'

/*
 * A reasoning item is a text, which all clients show where it is a summary, and a proof, which they send back. The proof of another
 * family travels in the same member, wrapped.
 */

/** Reads a reasoning item of a client or of a provider. */
export function readReasoningItem(item: JsonObject): Pick<ReasoningBlock, 'text' | 'form' | 'signature'> {
  const full = textOf(item, 'content')
  const text = full === '' ? textOf(item, 'summary') : full
  const signature = signatureIn(readString(item, PROOF) ?? '')
  const form = full === '' ? 'summary' : 'full'
  return { text, form: text === '' ? 'hidden' : form, ...defined({ signature }) }
}

function textOf(item: JsonObject, key: string): string {
  return readObjects(item, key)
    .map((part) => readString(part, 'text') ?? '')
    .join('\n\n')
}

function signatureIn(proof: string): Signature | undefined {
  if (proof === '') return undefined
  return unwrapSignature(proof)?.signature ?? { family: FAMILY, scheme: PROOF, value: proof }
}

/** Writes a reasoning item for a provider of this family; the proof is what it knows it by. */
export function writeReasoningItem({ text, signature }: ReasoningBlock): JsonObject {
  return { type: 'reasoning', summary: summaryOf(text), [PROOF]: signature?.value }
}

/** Writes a reasoning item for a client. */
export function showReasoning({ text, signature }: ReasoningBlock, id: string): JsonObject {
  const own = signature?.family === FAMILY ? signature.value : undefined
  const proof = own ?? (signature === undefined ? null : wrapSignature({ signature }))
  return { type: 'reasoning', id, summary: summaryOf(text), [PROOF]: proof }
}

function summaryOf(text: string): readonly JsonObject[] {
  return text === '' ? [] : [{ type: 'summary_text', text }]
}
