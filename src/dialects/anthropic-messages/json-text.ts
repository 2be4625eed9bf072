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
  const parts: string[] = []
  for (const [key, text] of Object.entries(members)) {
    if (text !== undefined) parts.push(`${JSON.stringify(key)}:${text}`)
  }
  for (const [key, value] of Object.entries(extra ?? {})) {
    if (value !== undefined && members[key] === undefined) {
      parts.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`)
    }
  }
  return `{${parts.join(',')}}`
}

/** Writes a JSON array of texts. */
export function writeArray(items: readonly string[]): string {
  return `[${items.join(',')}]`
}

/** JSON text of an optional value. */
export function writeOptional(value: string | number | boolean | JsonObject | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}
