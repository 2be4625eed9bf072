import { BACKSLASH, QUOTE } from './json-bytes.ts'
import { JsonScanError } from './json-bounds.ts'

/** Strings longer than this are skipped natively; a native call costs as much as looking at some dozens of bytes. */
const SHORT_STRING_BYTES = 48

/**
 * Offset behind the closing quote of the string that opens at `start`; where it is not over at `until`, the negative of the
 * offset at which to go on, which is not inside an escape.
 */
export function stringEnd(bytes: Uint8Array, start: number, until: number = bytes.length): number {
  let at = start + 1
  let nearEnd = at + SHORT_STRING_BYTES
  while (at < bytes.length) {
    if (at >= nearEnd) {
      if (at > until) return -at
      at = nextQuote(bytes, at)
      nearEnd = at + SHORT_STRING_BYTES
    }
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    at += byte === BACKSLASH ? 2 : 1
  }
  throw new JsonScanError('malformed')
}

/** The next quote at or behind `from`, or the escape that makes it part of the string. `from` must not be inside an escape. */
function nextQuote(bytes: Uint8Array, from: number): number {
  const quote = bytes.indexOf(QUOTE, from)
  if (quote < 0) throw new JsonScanError('malformed')
  let backslashes = 0
  while (quote - backslashes > from && bytes[quote - backslashes - 1] === BACKSLASH) backslashes += 1
  return backslashes % 2 === 0 ? quote : quote - 1
}
