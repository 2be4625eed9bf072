import { parseJsonObject, type JsonObject } from '../kit/json.ts'

/** What stands before and behind the list is short. */
const EDGE_BYTES = 4_096
const CLOSE_BRACKET = ']'.charCodeAt(0)

/**
 * A whole answer with vectors, parsed without them: the text before its list and behind it is put together and read by the parser. Undefined
 * where that finds no list that holds something, or more text around it than is usual; nothing of the numbers is looked at.
 *
 * @param begin finds the beginning of the list
 * @param behind finds the member that stands behind it and all other lists, which are left out with it; absent: there are no others
 */
export function skimVectors(bytes: Uint8Array, begin: RegExp, behind?: RegExp): JsonObject | undefined {
  const head = textOf(bytes, 0, Math.min(bytes.length, EDGE_BYTES))
  const list = begin.exec(head)
  if (list === null) return undefined
  const from = Buffer.byteLength(head.slice(0, list.index)) + list[0].length
  if (behind !== undefined) return skimUpTo(bytes, from, behind)
  const to = bytes.lastIndexOf(CLOSE_BRACKET)
  if (to - from < 2 || bytes.length - to > EDGE_BYTES) return undefined
  return parseJsonObject(textOf(bytes, 0, from) + textOf(bytes, to, bytes.length))
}

/** Quotation marks inside a text are escaped, so that no text can pass for the name of a member. */
function skimUpTo(bytes: Uint8Array, from: number, behind: RegExp): JsonObject | undefined {
  const tail = textOf(bytes, Math.max(from, bytes.length - EDGE_BYTES), bytes.length)
  const next = behind.exec(tail)
  return next === null ? undefined : parseJsonObject(`${textOf(bytes, 0, from)}0,${tail.slice(next.index)}`)
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, from, to)
}
