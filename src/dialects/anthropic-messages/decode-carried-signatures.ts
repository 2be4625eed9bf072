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
  let places: ReadonlyMap<string, number> | undefined
  for (const [place, block] of blocks.entries()) {
    if (block.type !== 'reasoning' || block.form !== 'hidden') continue
    const carried = carriedIn(raw[place])
    if (carried?.callId === undefined) continue
    places ??= placesOfCalls(blocks)
    const at = places.get(carried.callId) ?? -1
    const call = blocks[at]
    if (call?.type !== 'tool-call') continue
    returned ??= [...blocks]
    returned[at] = { ...call, signature: carried.signature }
    returned[place] = undefined
  }
  return returned === undefined ? blocks : returned.filter((block) => block !== undefined)
}

/** Where each call stands; the first one where several have the same id. */
function placesOfCalls(blocks: readonly Block[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [place, block] of blocks.entries())
    if (block.type === 'tool-call' && !places.has(block.id)) places.set(block.id, place)
  return places
}

function carriedIn(raw: Json | undefined): CarriedSignature | undefined {
  return isObject(raw) ? unwrapSignature(readString(raw, 'data') ?? '') : undefined
}
