import type { Extra, Family } from '../exchange/content.ts'
import { setMember, type Json, type JsonObject } from '../kit/json.ts'

/** The members of `object` that are not in `known`, or undefined when there are none. A member `__proto__` stays data. */
export function unknownMembers(object: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let unknown: Record<string, Json | undefined> | undefined
  for (const key in object) {
    const value = object[key]
    if (known.has(key) || value === undefined) continue
    unknown ??= {}
    setMember(unknown, key, value)
  }
  return unknown
}

/** The same as `extra` of a family, which gives them back to its own kind; nothing when there are none. */
export function unknownAsExtra(
  object: JsonObject,
  known: ReadonlySet<string>,
  family: Family,
): { extra?: Extra } {
  const unknown = unknownMembers(object, known)
  return unknown === undefined ? NOTHING : { extra: { [family]: unknown } }
}

const NOTHING: { extra?: Extra } = {}

/** True when an object has no members at all. */
export function isEmpty(object: JsonObject): boolean {
  for (const _name in object) return false
  return true
}
