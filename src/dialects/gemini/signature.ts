import type { Signature } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { unwrapSignature, wrapSignature } from '../carried-signature.ts'
import { FAMILY, FIELDS, NO_SIGNATURE, SIGNATURE } from './vocabulary.ts'

/** The proof that a part bears: the family's own, or one of another family that travels there. */
export function readSignature(part: JsonObject, at: string): { signature?: Signature } {
  const value = FIELDS.text(part, SIGNATURE, at)
  if (value === undefined || value === '' || value === NO_SIGNATURE) return NOTHING
  const carried = unwrapSignature(Buffer.from(value, 'base64').toString())
  return { signature: carried?.signature ?? { family: FAMILY, scheme: SIGNATURE, value } }
}

/** A proof as clients of this family carry it. SDKs decode the base64 that they expect there, and encode it again. */
export function carrySignature(signature: Signature): string {
  return signature.family === FAMILY
    ? signature.value
    : Buffer.from(wrapSignature({ signature })).toString('base64')
}

const NOTHING: { signature?: Signature } = {}
