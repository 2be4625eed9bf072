import { omitKeys, parseJson, parseJsonObject, type Json, type JsonObject } from './json.ts'

/** JSON that is text already. Where `JSON.stringify` meets it, it is the value that it says. */
class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): Json {
    return parseJson(this.text)
  }
}

/**
 * A value from its text, which `writeObject` copies as it is: `1.0`, `1e400` and the order of keys survive. It is for writing only,
 * nobody can read it.
 */
export function jsonText(text: string): Json {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- whoever writes JSON takes it for the value that it says
  return new JsonText(text) as unknown as Json
}

/** An object with further members beside its own, which may be text already. Its own win. */
export function joinObjects(object: JsonObject, beside: JsonObject): Json {
  const held: unknown = object
  if (!(held instanceof JsonText)) return { ...beside, ...object }
  const own = Object.keys(parseJsonObject(held.text) ?? {})
  const further = writeObject(omitKeys(beside, new Set(own)))
  if (own.length === 0) return jsonText(further)
  return further === '{}' ? object : jsonText(`${further.slice(0, -1)},${held.text.slice(1)}`)
}

/** Writes an object; members that are text already are copied. */
export function writeObject(object: JsonObject): string {
  let written = ''
  for (const key of Object.keys(object)) {
    const value: unknown = object[key]
    if (value === undefined) continue
    const text = value instanceof JsonText ? value.text : JSON.stringify(value)
    written += `${written === '' ? '' : ','}${writeKey(key)}:${text}`
  }
  return `{${written}}`
}

/** Writes an array of objects likewise, as a value that is text. */
export function writtenArray(objects: readonly JsonObject[]): Json {
  return jsonText(`[${objects.map(writeObject).join(',')}]`)
}

/** Nearly all keys are plain words, which need no escaping. */
function writeKey(key: string): string {
  return PLAIN_WORD.test(key) ? `"${key}"` : JSON.stringify(key)
}

const PLAIN_WORD = /^\w+$/
