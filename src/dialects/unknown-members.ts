import type { Extra, Family } from '../exchange/content.ts'
import { isObject, setMember, type Json, type JsonObject } from '../kit/json.ts'
import { joinObjects } from '../kit/json-text.ts'

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

/** The members that say something, of all those given, as `extra` of the family. */
export function presentExtra(
  family: Family,
  members: JsonObject | undefined,
  further?: JsonObject,
): Extra | undefined {
  const present = addPresent(addPresent(undefined, members), further)
  return present === undefined ? undefined : { [family]: present }
}

function addPresent(known: Members | undefined, members: JsonObject | undefined): Members | undefined {
  let present = known
  for (const key in members) {
    const value = members[key]
    if (value === undefined || value === null) continue
    present ??= {}
    setMember(present, key, value)
  }
  return present
}

type Members = Record<string, Json | undefined>

/**
 * The known members of an object with the unknown ones that its family wrote beside them, in the objects that it holds too.
 * A known member wins.
 */
export function withUnknown(known: JsonObject, unknown: JsonObject | undefined): JsonObject {
  if (unknown === undefined) return known
  const joined: Record<string, Json | undefined> = { ...known }
  for (const key of Object.keys(unknown)) {
    const held = Object.hasOwn(joined, key) ? joined[key] : undefined
    const beside = unknown[key]
    if (held === undefined) setMember(joined, key, beside)
    else if (isObject(held) && isObject(beside)) joined[key] = joinObjects(held, beside)
  }
  return joined
}

/** True when an object has no members at all. */
export function isEmpty(object: JsonObject): boolean {
  for (const _name in object) return false
  return true
}
