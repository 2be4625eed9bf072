import type { ReasoningBlock, Seal } from '../../exchange/content.ts'
import { readObjects, readString, type JsonObject } from '../../kit/json.ts'
import { unwrapSeal, wrapSeal } from '../carried-seal.ts'
import { FAMILY, PROOF } from './schema.ts'

/*
 * A reasoning item is a text, which all clients show where it is a summary, and a proof, which they send back. The proof of another
 * family travels in the same member, wrapped.
 */

/** Reads a reasoning item of a client or of a provider. */
export function readReasoningItem(item: JsonObject): Pick<ReasoningBlock, 'text' | 'form' | 'seal'> {
  const full = textOf(item, 'content')
  const text = full === '' ? textOf(item, 'summary') : full
  const seal = sealIn(readString(item, PROOF) ?? '')
  const form = full === '' ? 'summary' : 'full'
  return { text, form: text === '' ? 'hidden' : form, ...(seal === undefined ? {} : { seal }) }
}

function textOf(item: JsonObject, key: string): string {
  return readObjects(item, key)
    .map((part) => readString(part, 'text') ?? '')
    .join('\n\n')
}

function sealIn(proof: string): Seal | undefined {
  if (proof === '') return undefined
  return unwrapSeal(proof)?.seal ?? { family: FAMILY, scheme: PROOF, value: proof }
}

/** Writes a reasoning item for a provider of this family; the proof is what it knows it by. */
export function writeReasoningItem({ text, seal }: ReasoningBlock): JsonObject {
  return { type: 'reasoning', summary: summaryOf(text), [PROOF]: seal?.value }
}

/** Writes a reasoning item for a client. */
export function showReasoning({ text, seal }: ReasoningBlock, id: string): JsonObject {
  const own = seal?.family === FAMILY ? seal.value : undefined
  const proof = own ?? (seal === undefined ? null : wrapSeal({ seal }))
  return { type: 'reasoning', id, summary: summaryOf(text), [PROOF]: proof }
}

function summaryOf(text: string): readonly JsonObject[] {
  return text === '' ? [] : [{ type: 'summary_text', text }]
}
