import type { Signature } from '../../exchange/content.ts'
import { isObject, parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { CALL_SIGNATURE, FAMILY, SIGNATURE_FIELD } from './vocabulary.ts'

/*
 * Two members of a call carry its proof: the family's own (`extra_content`, which Google's servers want back whole:
 * https://ai.google.dev/gemini-api/docs/openai), and one of ours for the proof of another family.
 */

/** The proof that a call bears, from a provider or from a client that echoes its calls whole. */
export function readCallSignature(call: JsonObject): Signature | undefined {
  const own = readObject(call, CALL_SIGNATURE)
  return own === undefined
    ? readCarried(call[SIGNATURE_FIELD])
    : { family: FAMILY, scheme: CALL_SIGNATURE, value: JSON.stringify(own) }
}

function readCarried(held: JsonObject[string]): Signature | undefined {
  if (!isObject(held)) return undefined
  const family = readString(held, 'family')
  const scheme = readString(held, 'scheme')
  const value = readString(held, 'value')
  return family === undefined || scheme === undefined || value === undefined
    ? undefined
    : { family, scheme, value }
}

/** The member in which a client gets the proof of a call; none for a call without one. */
export function writeCallSignature(signature: Signature | undefined): JsonObject {
  if (signature === undefined) return NOTHING
  return (
    writeOwnCallSignature(signature) ?? {
      [SIGNATURE_FIELD]: { family: signature.family, scheme: signature.scheme, value: signature.value },
    }
  )
}

/** The member in which a provider gets the proof of a call back; undefined for a proof that is not this family's. */
export function writeOwnCallSignature({ family, scheme, value }: Signature): JsonObject | undefined {
  const own = family === FAMILY && scheme === CALL_SIGNATURE ? parseJsonObject(value) : undefined
  return own === undefined ? undefined : { [CALL_SIGNATURE]: own }
}

const NOTHING: JsonObject = {}
