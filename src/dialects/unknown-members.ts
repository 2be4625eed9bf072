import type { Extra, Family } from '../exchange/content.ts'
import { isArray, isObject, setMember, type Json, type JsonObject } from '../kit/json.ts'
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

/** An object that another one holds, or the objects of a list in it, and what is known of their fields. */
export interface HeldObject {
  readonly key: string
  readonly fields: ReadonlySet<string>
  /** What it holds in turn. */
  readonly held?: readonly HeldObject[]
}

/**
 * The unknown members of an object with those of what it holds, below their keys; undefined when there are none. Of a list it gives a
 * list, with null for what holds none.
 */
export function unknownWithin(
  object: JsonObject,
  known: ReadonlySet<string>,
  held: readonly HeldObject[] = NOTHING_HELD,
): JsonObject | undefined {
  let unknown = unknownMembers(object, known)
  for (const one of held) {
    const below = unknownBelow(object[one.key], one)
    if (below !== undefined) unknown = { ...unknown, [one.key]: below }
  }
  return unknown
}

function unknownBelow(value: Json | undefined, one: HeldObject): Json | undefined {
  if (isObject(value)) return unknownWithin(value, one.fields, one.held)
  if (!isArray(value)) return undefined
  const items = value.map((item) => unknownBelow(item, one) ?? null)
  return items.some((item) => item !== null) ? items : undefined
}

const NOTHING_HELD: readonly HeldObject[] = []

/** Adds what of an object is unknown to what was left of it, or of its field, by others that read it. */
export function keepUnknown(
  rest: Record<string, Json | undefined>,
  field: string,
  unknown: JsonObject | undefined,
): void {
  if (unknown === undefined) return
  const kept = rest[field]
  rest[field] = isObject(kept) ? { ...kept, ...unknown } : unknown
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

/** As `withUnknown`, at any depth and for lists of objects too, where nothing is text already. */
export function withUnknownWithin(known: JsonObject, unknown: JsonObject): JsonObject {
  const below: Record<string, Json | undefined> = { ...known }
  for (const key of Object.keys(unknown)) {
    const [held, beside] = [Object.hasOwn(known, key) ? known[key] : undefined, unknown[key]]
    if (isObject(held) && isObject(beside)) below[key] = withUnknownWithin(held, beside)
    else if (isArray(held) && isArray(beside))
      below[key] = held.map((item, index) => {
        const more = beside[index]
        return isObject(item) && isObject(more) ? withUnknownWithin(item, more) : item
      })
  }
  return withUnknown(below, unknown)
}

/** What is unknown of one of a list of objects, as `unknownWithin` gives it. */
export function objectAt(unknown: Json | undefined, index: number): JsonObject | undefined {
  const one = isArray(unknown) ? unknown[index] : undefined
  return isObject(one) ? one : undefined
}

/** True when an object has no members at all. */
export function isEmpty(object: JsonObject): boolean {
  for (const _name in object) return false
  return true
}
