import type { Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import { isArray, isObject, readObject, type Json, type JsonObject } from '../../kit/json.ts'
import { unknownMembers } from '../unknown-members.ts'
import { FAMILY } from './schema.ts'

/*
 * Readers of a client's fields. Null means absent, as the official SDKs of several languages write it; any other
 * wrong type is an error that names the field: by its key, behind the place of its object (`within`) where that is not the
 * body itself.
 */

/** A refusal of the client's request that names the field at fault. */
export function invalid(param: string, message: string): Failure {
  return new Failure('invalid-request', { param, message })
}

/** Where a member stands, for errors; built only when there is one to tell. */
function pathOf(key: string, within: string | undefined): string {
  return within === undefined ? key : `${within}.${key}`
}

function mustBe(key: string, within: string | undefined, kind: string): Failure {
  const path = pathOf(key, within)
  return invalid(path, `\`${path}\` must be ${kind}.`)
}

/** The unknown fields of an object, kept for this family; undefined when there are none. */
export function extraOf(object: JsonObject, known: ReadonlySet<string>): Extra | undefined {
  const unknown = unknownMembers(object, known)
  return unknown === undefined ? undefined : { [FAMILY]: unknown }
}

/** An object that another one holds, and what is known of its fields. */
export interface HeldObject {
  readonly key: string
  readonly fields: ReadonlySet<string>
}

/** The unknown fields of an object, and of the one that it holds, as `extra` of this family, or nothing when there are none. */
export function unknownFields(
  object: JsonObject,
  known: ReadonlySet<string>,
  held?: HeldObject,
): { extra?: Extra } {
  const beside = unknownMembers(object, known)
  const inside = held === undefined ? undefined : readObject(object, held.key)
  const below = held === undefined || inside === undefined ? undefined : unknownMembers(inside, held.fields)
  if (held !== undefined && below !== undefined)
    return { extra: { [FAMILY]: { ...beside, [held.key]: below } } }
  return beside === undefined ? NOTHING : { extra: { [FAMILY]: beside } }
}

const NOTHING: { extra?: Extra } = {}

/** A string, or undefined when absent. */
export function stringField(object: JsonObject, key: string, within?: string): string | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw mustBe(key, within, 'a string')
  return value
}

/** A string that must be there; may be empty. */
export function requiredString(object: JsonObject, key: string, within?: string): string {
  const value = stringField(object, key, within)
  if (value !== undefined) return value
  const path = pathOf(key, within)
  throw invalid(path, `\`${path}\` is required.`)
}

/** A finite number, or undefined when absent. */
export function numberField(object: JsonObject, key: string, within?: string): number | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value)) throw mustBe(key, within, 'a number')
  return value
}

/** A whole number of at least `least`, or undefined when absent. */
export function integerField(object: JsonObject, key: string, least: number): number | undefined {
  const value = numberField(object, key)
  if (value === undefined) return undefined
  if (!Number.isInteger(value) || value < least) {
    throw mustBe(key, undefined, `a whole number of at least ${least}`)
  }
  return value
}

/** A boolean, or undefined when absent. */
export function booleanField(object: JsonObject, key: string, within?: string): boolean | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw mustBe(key, within, 'true or false')
  return value
}

/** An object, or undefined when absent. */
export function objectField(object: JsonObject, key: string, within?: string): JsonObject | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw mustBe(key, within, 'an object')
  return value
}

/** An array, or undefined when absent. */
export function arrayField(object: JsonObject, key: string, within?: string): readonly Json[] | undefined {
  const value = object[key]
  if (value === undefined || value === null) return undefined
  if (!isArray(value)) throw mustBe(key, within, 'an array')
  return value
}

/** The value as an object, or a refusal that names it. */
export function asObject(value: Json | undefined, path: string): JsonObject {
  if (!isObject(value)) throw invalid(path, `\`${path}\` must be an object.`)
  return value
}

/** An object whose members are all of one primitive type, or undefined when absent. */
export function stringMap(object: JsonObject, key: string): Record<string, string> | undefined {
  const entries = objectField(object, key)
  if (entries === undefined) return undefined
  return Object.fromEntries(Object.keys(entries).map((name) => [name, requiredString(entries, name, key)]))
}

/** An object whose members are all numbers, or undefined when absent. */
export function numberMap(object: JsonObject, key: string): Record<string, number> | undefined {
  const entries = objectField(object, key)
  if (entries === undefined) return undefined
  return Object.fromEntries(
    Object.keys(entries).map((name) => {
      const value = numberField(entries, name, key)
      if (value === undefined) throw mustBe(name, key, 'a number')
      return [name, value]
    }),
  )
}
