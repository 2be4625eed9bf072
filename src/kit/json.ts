import { BACKSLASH, QUOTE } from './json-bytes.ts'
import { LIMITS } from './limits.ts'

/** A parsed JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** A parsed JSON object; read it with the `read…` functions, which never throw. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** True for a plain JSON object (not null, not an array, not a number that `parseJsonExactly` kept as text). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isKeptNumber(value)
}

/** True for a JSON array; narrows where `Array.isArray` cannot because the type is read-only. */
export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

/** The string at `key`, or undefined when absent, null or of another type. */
export function readString(object: JsonObject, key: string): string | undefined {
  const value = object[key]
  return typeof value === 'string' ? value : undefined
}

/** The finite number at `key`, or undefined. */
export function readNumber(object: JsonObject, key: string): number | undefined {
  return toFiniteNumber(object[key])
}

/** The value as a finite number, or undefined when it is none. One that was kept as text is rounded. */
export function toFiniteNumber(value: Json | undefined): number | undefined {
  const number = isKeptNumber(value) ? Number(value.rawJSON) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The boolean at `key`, or undefined. */
export function readBoolean(object: JsonObject, key: string): boolean | undefined {
  const value = object[key]
  return typeof value === 'boolean' ? value : undefined
}

/**
 * The object at `key`, or undefined. Every object seems to have one at `__proto__`, its prototype, which is not a member
 * and is left out.
 */
export function readObject(object: JsonObject, key: string): JsonObject | undefined {
  const value = object[key]
  return isObject(value) && value !== Object.prototype ? value : undefined
}

/** The array at `key`; absent, null and other types read as the empty array, so "empty" and "absent" never differ. */
export function readArray(object: JsonObject, key: string): readonly Json[] {
  const value = object[key]
  return isArray(value) ? value : []
}

/** Only the objects in the array at `key`. */
export function readObjects(object: JsonObject, key: string): readonly JsonObject[] {
  const values = readArray(object, key)
  // A copy only where something has to be left out, which is almost never.
  return values.every(isObject) ? values : values.filter(isObject)
}

/**
 * Parses trusted-size JSON text. The only call of `JSON.parse` in the house.
 * Check untrusted bodies with `scanJson` first. Throws SyntaxError.
 *
 * A member named `__proto__` becomes a member of the object like any other; only an assignment `copy[key] = value` would
 * turn it into the copy's prototype. Spreading (`{ ...object }`), `Object.fromEntries`, `setMember` and `omitKeys` are safe.
 */
export function parseJson(text: string): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse yields exactly the Json type
  return JSON.parse(text) as Json
}

/** A number kept as text (https://tc39.es/proposal-json-parse-with-source/): `JSON.stringify` writes it as it was read. */
interface KeptNumber {
  readonly rawJSON: string
}

interface JsonWithSource {
  parse(
    text: string,
    reviver: (key: string, value: Json, context: { readonly source?: string }) => Json,
  ): Json
  rawJSON(text: string): KeptNumber & Json
  isRawJSON(value: object): boolean
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types of the platform do not know these yet
const json = JSON as unknown as JsonWithSource

/** A number that `parseJsonExactly` kept as text. Whether a member has this name is asked first, because it is cheap and nearly no object has one. */
export function isKeptNumber(value: unknown): value is KeptNumber & Json {
  return typeof value === 'object' && value !== null && 'rawJSON' in value && json.isRawJSON(value)
}

/** What may be a number that the platform cannot hold, somewhere in a text. */
const LONG_NUMBER = /[\d.]{16}|\d[eE]/

/**
 * Parses as `parseJson` does, and keeps the text of numbers that the platform's own would change, such as the 64-bit ids
 * in the arguments of a tool. They are written back as they were read; `toFiniteNumber` gives them rounded.
 */
export function parseJsonExactly(text: string): Json {
  if (!LONG_NUMBER.test(text)) return parseJson(text)
  return json.parse(text, (_key, value, { source }) => {
    const isChanged = typeof value === 'number' && source !== undefined && !isExact(value, source)
    return isChanged ? json.rawJSON(source) : value
  })
}

/** Does the number, written again, say what its source said? Other ways of writing the same one (`1.0`, `5e3`) are no loss. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  const digits = source
    .replace(/[eE].*$/, '')
    .replace(/^-?[0.]*/, '')
    .replace('.', '')
  return digits.length < 16 || String(value) === source
}

/** Parses JSON text to an object, or gives undefined when it is not valid JSON, not an object, or long and deeper than `LIMITS.jsonDepth`. */
export function parseJsonObject(text: string): JsonObject | undefined {
  return objectOf(parseJson, text)
}

/** `parseJsonExactly` to an object, or undefined when the text is not valid JSON or not an object. */
export function parseJsonObjectExactly(text: string): JsonObject | undefined {
  return objectOf(parseJsonExactly, text)
}

function objectOf(parse: (text: string) => Json, text: string): JsonObject | undefined {
  const parsed = valueOf(parse, text)
  return isObject(parsed?.value) ? parsed.value : undefined
}

/** Parses JSON text to whatever value it is, or gives undefined when it is not valid, or long and deeper than `LIMITS.jsonDepth`. */
export function parseJsonValue(text: string): { readonly value: Json } | undefined {
  return valueOf(parseJson, text)
}

function valueOf(parse: (text: string) => Json, text: string): { readonly value: Json } | undefined {
  if (text.length > LIMITS.shallowCharacters && nestsTooDeep(text)) return undefined
  try {
    return { value: parse(text) }
  } catch {
    return undefined
  }
}

/**
 * Does a text nest deeper than `LIMITS.jsonDepth`? The parser takes every depth, but what is a hundred times deeper costs more than
 * a second and the whole stack when it is written again.
 */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at)
        break
      case 0x5b:
      case 0x7b:
        depth += 1
        if (depth > LIMITS.jsonDepth) return true
        break
      case 0x5d:
      case 0x7d:
        depth -= 1
    }
  }
  return false
}

/** The closing quote of the string that begins at `start`; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let end = start
  let backslashes: number
  do {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1
  } while (backslashes % 2 === 1)
  return end
}

/** Sets a member of an object under construction, `__proto__` included, which an assignment would take for the prototype. */
export function setMember(
  object: Record<string, Json | undefined>,
  key: string,
  value: Json | undefined,
): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** Copies `object` without the named keys. */
export function omitKeys(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  const rest: Record<string, Json | undefined> = {}
  for (const key of Object.keys(object)) {
    if (!keys.has(key)) setMember(rest, key, object[key])
  }
  return rest
}
