import { isArray, isObject, type Json } from './json.ts'

/**
 * How many commas, colons and brackets a JSON text has outside of strings that reads as a value, if it says no member twice. One that
 * does has more of them than this, as of each name only the last is read. Takes what a parser gave, no deeper than `LIMITS.jsonDepth`;
 * O(values).
 */
export function tokensOf(value: Json): number {
  let tokens = 2
  if (isArray(value)) {
    for (const one of value) if (typeof one === 'object') tokens += tokensOf(one)
    return tokens + Math.max(0, value.length - 1)
  }
  if (!isObject(value)) return 0
  let members = 0
  // An iterator or a list would make an object for each.
  for (const name in value) {
    const member = value[name]
    members += 1
    if (typeof member === 'object') tokens += tokensOf(member)
  }
  return tokens + Math.max(0, 2 * members - 1)
}
