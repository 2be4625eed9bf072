import { parseJson, type Json, type JsonObject } from './json.ts'

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
