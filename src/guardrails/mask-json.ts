import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import type { FoundCounts, MaskText } from './mask.ts'

/** Smaller numbers are nobody's card or telephone. */
const LEAST_NUMBER = 1_000_000

/** The value with all of its texts masked, names of members and long numbers included. As deep as the value is. */
export function maskJson(value: Json, mask: MaskText, counts: FoundCounts): Json {
  if (typeof value === 'string') return mask(value, counts)
  if (typeof value === 'number') return maskNumber(value, mask, counts)
  if (isArray(value)) return value.map((one) => maskJson(one, mask, counts))
  if (isObject(value)) return maskObject(value, mask, counts)
  return typeof value === 'object' && value !== null ? maskKeptNumber(value, mask, counts) : value
}

/** As `maskJson`. */
function maskObject(object: JsonObject, mask: MaskText, counts: FoundCounts): JsonObject {
  const masked: Record<string, Json> = {}
  for (const [name, member] of Object.entries(object))
    if (member !== undefined) masked[mask(name, counts)] = maskJson(member, mask, counts)
  return masked
}

function maskNumber(value: number, mask: MaskText, counts: FoundCounts): Json {
  if (Math.abs(value) < LEAST_NUMBER || !Number.isSafeInteger(value)) return value
  const text = String(value)
  const masked = mask(text, counts)
  return masked === text ? value : masked
}

/** One that was kept as it was written, because it has more digits than a number holds. */
function maskKeptNumber(value: Json, mask: MaskText, counts: FoundCounts): Json {
  const text = JSON.stringify(value)
  const masked = mask(text, counts)
  return masked === text ? value : masked
}
