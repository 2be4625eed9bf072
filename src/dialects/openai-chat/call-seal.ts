import type { Seal } from '../../exchange/content.ts'
import { isObject, parseJsonObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { CALL_SEAL, FAMILY, SEAL_FIELD } from './schema.ts'

/*
 * Two members of a call carry its proof: the family's own (`extra_content`, which Google's servers want back whole:
 * https://ai.google.dev/gemini-api/docs/openai), and one of ours for the proof of another family.
 */

/** The proof that a call bears, from a provider or from a client that echoes its calls whole. */
export function readCallSeal(call: JsonObject): Seal | undefined {
  const own = readObject(call, CALL_SEAL)
  return own === undefined
    ? readCarried(call[SEAL_FIELD])
    : { family: FAMILY, scheme: CALL_SEAL, value: JSON.stringify(own) }
}

function readCarried(held: JsonObject[string]): Seal | undefined {
  if (!isObject(held)) return undefined
  const family = readString(held, 'family')
  const scheme = readString(held, 'scheme')
  const value = readString(held, 'value')
  return family === undefined || scheme === undefined || value === undefined
    ? undefined
    : { family, scheme, value }
}

/** The member in which a client gets the proof of a call; none for a call without one. */
export function writeCallSeal(seal: Seal | undefined): JsonObject {
  if (seal === undefined) return NOTHING
  return (
    writeOwnCallSeal(seal) ?? {
      [SEAL_FIELD]: { family: seal.family, scheme: seal.scheme, value: seal.value },
    }
  )
}

/** The member in which a provider gets the proof of a call back; undefined for a proof that is not this family's. */
export function writeOwnCallSeal({ family, scheme, value }: Seal): JsonObject | undefined {
  const own = family === FAMILY && scheme === CALL_SEAL ? parseJsonObject(value) : undefined
  return own === undefined ? undefined : { [CALL_SEAL]: own }
}

const NOTHING: JsonObject = {}
