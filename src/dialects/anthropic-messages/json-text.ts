import type { JsonObject } from '../../kit/json.ts'

/** Members of a JSON object whose values are JSON text already; undefined ones are left out. */
export type Members = Readonly<Record<string, string | undefined>>

/**
 * Writes a JSON object from members that are text already. Requests are put together as text, so that the arguments of
 * tool calls are copied as they were received: `1.0`, `1e400` and the order of keys survive.
 *
 * @param extra unknown fields of the family; a field that is also a member is left out
 */
export function writeObject(members: Members, extra?: JsonObject): string {
  let written = ''
  for (const key in members) {
    const text = members[key]
    if (text !== undefined) written += `${written === '' ? '' : ','}${writeKey(key)}:${text}`
  }
  for (const key in extra) {
    const value = extra[key]
    if (value === undefined || members[key] !== undefined) continue
    written += `${written === '' ? '' : ','}${writeKey(key)}:${JSON.stringify(value)}`
  }
  return `{${written}}`
}

/** Nearly all keys are plain words, which need no escaping. */
function writeKey(key: string): string {
  return PLAIN_WORD.test(key) ? `"${key}"` : JSON.stringify(key)
}

const PLAIN_WORD = /^\w+$/

/** Writes a JSON array of texts. */
export function writeArray(items: readonly string[]): string {
  return `[${items.join(',')}]`
}

/** JSON text of an optional value. */
export function writeOptional(value: string | number | boolean | JsonObject | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}
