/** A parsed JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** A parsed JSON object; read it with the `read…` functions, which never throw. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

/** True for a plain JSON object (not null, not an array). */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
  const value = object[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
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

/** Parses JSON text to an object, or gives undefined when it is not valid JSON or not an object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value = parseJson(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
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
