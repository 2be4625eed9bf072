import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'

/** Every object in the array at `key` with its index. */
export function indexedObjects(object: JsonObject, key: string): readonly (readonly [number, JsonObject])[] {
  const value: Json | undefined = object[key]
  if (!Array.isArray(value)) return []
  const found: (readonly [number, JsonObject])[] = []
  for (const [index, entry] of value.entries()) if (isObject(entry)) found.push([index, entry])
  return found
}

/** The keys of `object` that `known` does not hold. */
export function unknownKeys(object: JsonObject, known: ReadonlySet<string>): readonly string[] {
  return Object.keys(object).filter((key) => !known.has(key))
}

/** True for a key that says something: not null, not an empty text or list. */
export function isPresent(object: JsonObject, key: string): boolean {
  const value = object[key]
  return (
    value !== undefined &&
    value !== null &&
    !(isArray(value) && value.length === 0) &&
    (isObject(value) || value !== '')
  )
}
