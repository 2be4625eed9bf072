import { parseJsonObject, type JsonObject } from '../kit/json.ts'

/** What stands before and behind the list is short. */
const EDGE_BYTES = 4_096
const CLOSE_BRACKET = ']'.charCodeAt(0)

/**
 * A whole answer with vectors, parsed without them: the text before its list and behind it is put together and read by the parser. Undefined
 * where that finds no list that holds something, or more text around it than is usual; nothing of the numbers is looked at.
 *
 * @param begin finds the beginning of the list
 */
export function skimVectors(bytes: Uint8Array, begin: RegExp): JsonObject | undefined {
  const head = textOf(bytes, 0, Math.min(bytes.length, EDGE_BYTES))
  const list = begin.exec(head)
  if (list === null) return undefined
  const from = Buffer.byteLength(head.slice(0, list.index)) + list[0].length
  const to = bytes.lastIndexOf(CLOSE_BRACKET)
  if (to - from < 2 || bytes.length - to > EDGE_BYTES) return undefined
  return parseJsonObject(textOf(bytes, 0, from) + textOf(bytes, to, bytes.length))
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, from, to)
}
