import type { CacheMark, Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import {
  isArray,
  isObject,
  readString,
  setMember,
  toFiniteNumber,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { unknownAsExtra } from '../unknown-members.ts'
import { FAMILY } from './schema.ts'

/** Refuses a client's request, naming the field in the client's own words: `messages[2].content[0].text`. */
export function refuse(path: string, complaint: string): never {
  throw new Failure('invalid-request', { param: path, message: `${path}: ${complaint}` })
}

/** A mandatory string. */
export function requireString(object: JsonObject, key: string, path: string): string {
  const value = object[key]
  if (typeof value === 'string') return value
  return refuse(`${path}${key}`, value === undefined ? 'Field required' : 'Input should be a string')
}

/** An optional string; null counts as absent. */
export function optionalString(object: JsonObject, key: string, path: string): string | undefined {
  return isAbsent(object[key]) ? undefined : requireString(object, key, path)
}

/** An optional number; null counts as absent. */
export function optionalNumber(object: JsonObject, key: string, path: string): number | undefined {
  const value = object[key]
  if (isAbsent(value)) return undefined
  return toFiniteNumber(value) ?? refuse(`${path}${key}`, 'Input should be a number')
}

/** An optional whole number ≥ 0; null counts as absent. */
export function optionalCount(object: JsonObject, key: string, path: string): number | undefined {
  const value = optionalNumber(object, key, path)
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value
  return refuse(`${path}${key}`, 'Input should be a whole number of at least 0')
}

/** An optional boolean; null counts as absent. */
export function optionalBoolean(object: JsonObject, key: string, path: string): boolean | undefined {
  const value = object[key]
  if (isAbsent(value)) return undefined
  if (typeof value === 'boolean') return value
  return refuse(`${path}${key}`, 'Input should be a boolean')
}

/** An optional object; null counts as absent. */
export function optionalObject(object: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = object[key]
  if (isAbsent(value)) return undefined
  if (isObject(value)) return value
  return refuse(`${path}${key}`, 'Input should be an object')
}

/** An optional array; null counts as absent. */
export function optionalArray(object: JsonObject, key: string, path: string): readonly Json[] | undefined {
  const value = object[key]
  if (isAbsent(value)) return undefined
  if (isArray(value)) return value
  return refuse(`${path}${key}`, 'Input should be an array')
}

/** True for a member that is not there or null: the same thing to a client. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null
}

/** The members of `object` that are not in `known`, kept for the family; nothing when there are none. */
export function readExtra(object: JsonObject, known: ReadonlySet<string>): { extra?: Extra } {
  return unknownAsExtra(object, known, FAMILY)
}

const CACHE_FIELDS: ReadonlySet<string> = new Set(['type', 'ttl'])

/** A cache mark with the lifetime the client wrote. */
export function readCacheMark(object: JsonObject): { cache?: CacheMark } {
  const mark = object['cache_control']
  if (!isObject(mark)) return NO_MARK
  const ttl = readString(mark, 'ttl')
  return { cache: ttl === undefined ? {} : { ttl } }
}

const NO_MARK: { cache?: CacheMark } = {}

/** Like `readExtra`, keeping a `cache_control` that says more than a `CacheMark` can, whole. */
export function readMarkedExtra(object: JsonObject, known: ReadonlySet<string>): { extra?: Extra } {
  const mark = object['cache_control']
  if (!isObject(mark) || Object.keys(mark).every((key) => CACHE_FIELDS.has(key))) {
    return readExtra(object, known)
  }
  return readExtra(object, new Set([...known].filter((key) => key !== 'cache_control')))
}

/** The members that say something, of all those given, as `extra` of the family. */
export function presentExtra(members: JsonObject | undefined, further?: JsonObject): Extra | undefined {
  const present = addPresent(addPresent(undefined, members), further)
  return present === undefined ? undefined : { [FAMILY]: present }
}

type Members = Record<string, Json | undefined>

function addPresent(known: Members | undefined, members: JsonObject | undefined): Members | undefined {
  let present = known
  for (const key in members) {
    const value = members[key]
    if (value === null || value === undefined) continue
    present ??= {}
    setMember(present, key, value)
  }
  return present
}
