import { isObject, type Json } from './json.ts'

/**
 * A value as the text that all its spellings have in common: without spaces, the members of every object in the order of their names.
 * Numbers that `parseJsonExactly` kept stay as they were written.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_name, member: Json) => (isObject(member) ? inOrder(member) : member))
}

function inOrder(object: Readonly<Record<string, Json | undefined>>): Json {
  return Object.fromEntries(Object.entries(object).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
