import { readObject, type Json, type JsonObject } from '../../kit/json.ts'

/**
 * The known fields of an object among the unknown ones that its family wrote beside them, in the objects that it holds too.
 * A known field wins.
 */
export function amongUnknown(known: JsonObject, unknown: JsonObject | undefined): JsonObject {
  if (unknown === undefined) return known
  const joined: Record<string, Json | undefined> = { ...unknown, ...known }
  for (const key of Object.keys(unknown)) {
    const held = readObject(known, key)
    const beside = readObject(unknown, key)
    if (held !== undefined && beside !== undefined) joined[key] = { ...beside, ...held }
  }
  return joined
}
