import type { Block } from '../../exchange/content.ts'
import { isObject, readString, type Json } from '../../kit/json.ts'
import { unwrapSignature, type CarriedSignature } from '../carried-signature.ts'

/**
 * Gives the proofs that travelled with a client back to the calls that they belong to. One whose call is gone stays a thought of
 * another family.
 *
 * @param raw the blocks as the client sent them
 * @param blocks what was read from them, one for one
 */
export function returnCallSignatures(raw: readonly Json[], blocks: readonly Block[]): readonly Block[] {
  let returned: (Block | undefined)[] | undefined
  for (const [place, block] of blocks.entries()) {
    if (block.type !== 'reasoning' || block.form !== 'hidden') continue
    const carried = carriedIn(raw[place])
    const at = blocks.findIndex((call) => call.type === 'tool-call' && call.id === carried?.callId)
    const call = blocks[at]
    if (carried === undefined || call?.type !== 'tool-call') continue
    returned ??= [...blocks]
    returned[at] = { ...call, signature: carried.signature }
    returned[place] = undefined
  }
  return returned === undefined ? blocks : returned.filter((block) => block !== undefined)
}

function carriedIn(raw: Json | undefined): CarriedSignature | undefined {
  return isObject(raw) ? unwrapSignature(readString(raw, 'data') ?? '') : undefined
}
