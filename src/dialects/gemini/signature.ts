import type { Seal } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { unwrapSeal, wrapSeal } from '../carried-seal.ts'
import { FAMILY, FIELDS, NO_SIGNATURE, SIGNATURE } from './schema.ts'

/** The proof that a part bears: the family's own, or one of another family that travels there. */
export function readSeal(part: JsonObject, at: string): { seal?: Seal } {
  const value = FIELDS.text(part, SIGNATURE, at)
  if (value === undefined || value === '' || value === NO_SIGNATURE) return NOTHING
  return { seal: sealOf(value) }
}

/** The seal that a signature is. */
export function sealOf(value: string): Seal {
  const carried = unwrapSeal(Buffer.from(value, 'base64').toString())
  return carried?.seal ?? { family: FAMILY, scheme: SIGNATURE, value }
}

/** A proof as clients of this family carry it. SDKs decode the base64 that they expect there, and encode it again. */
export function carrySeal(seal: Seal): string {
  return seal.family === FAMILY ? seal.value : Buffer.from(wrapSeal({ seal })).toString('base64')
}

const NOTHING: { seal?: Seal } = {}
