import { parseJsonObject, type JsonObject } from './json.ts'

/**
 * Reads the beginning of a JSON object whose rest never came: as far as its members are whole, with what is open closed behind
 * them. Undefined when there is nothing whole in it, or no object. O(length).
 */
export function parseCutObject(text: string): JsonObject | undefined {
  const wholeTo = endOfWhole(text)
  return wholeTo === 0 ? undefined : parseJsonObject(text.slice(0, wholeTo) + closersOf(text, wholeTo))
}

/** The end of the last value that is known to be whole: a comma or a closing bracket stands behind it. */
function endOfWhole(text: string): number {
  let end = 0
  walk(text, text.length, (character, at) => {
    if (character === ',') end = at
    else if (character === '}' || character === ']') end = at + 1
  })
  return end
}

/** The brackets that close what is open at a place. */
function closersOf(text: string, to: number): string {
  const open: string[] = []
  walk(text, to, (character) => {
    if (character === '{') open.push('}')
    else if (character === '[') open.push(']')
    else if (character === '}' || character === ']') open.pop()
  })
  return open.toReversed().join('')
}

/** Visits the characters outside of strings. */
function walk(text: string, to: number, visit: (character: string, at: number) => void): void {
  let isString = false
  for (let at = 0; at < to; at += 1) {
    const character = text.charAt(at)
    if (isString && character === '\\') at += 1
    else if (character === '"') isString = !isString
    else if (!isString) visit(character, at)
  }
}
