import { HOUSE, type NativeBlock } from '../../exchange/content.ts'
import { readString, type JsonObject } from '../../kit/json.ts'
import { unwrapSignature, wrapSignature } from '../carried-signature.ts'
import { bareId } from './output.ts'
import { FAMILY } from './vocabulary.ts'

/*
 * The item that stands for a conversation that was made shorter. What its provider wrote only that one can read; where it was written
 * here, a summary travels in the same member.
 */

/** What an answer is called that holds one, and the shape of it. */
export const COMPACTION = 'response.compaction'

/** Reads an item that stands for a conversation, of an answer or of a client that sends it back. */
export function readCompaction(raw: JsonObject, at: string): NativeBlock {
  const carried = unwrapSignature(readString(raw, 'encrypted_content') ?? '')?.signature
  if (carried?.family !== HOUSE) return { type: 'native', family: FAMILY, raw, at }
  const elsewhere = `Summary of the conversation up to here:\n\n${carried.value}`
  return { type: 'native', family: HOUSE, raw, at, elsewhere }
}

/** Writes the item for a summary. */
export function summaryItem(summary: string, requestId: string): JsonObject {
  const signature = { family: HOUSE, scheme: 'summary', value: summary }
  const encrypted_content = wrapSignature({ signature })
  return { type: 'compaction', id: `cmp_${bareId(requestId)}`, encrypted_content }
}
