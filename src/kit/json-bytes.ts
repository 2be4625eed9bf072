/*
 * The bytes that JSON is made of (RFC 8259), for everything that looks at it before it is parsed.
 */
export const QUOTE = 0x22
export const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
const SPACE = 0x20
const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const POINT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** White space between tokens (RFC 8259, 2). */
export function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB
}

/** The offset of the first byte at or behind `from` that is no white space, or `to`. */
export function skipSpace(bytes: Uint8Array, from: number, to: number = bytes.length): number {
  let at = from
  while (at < to && isSpace(bytes[at])) at += 1
  return at
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

/** Behind the digits and the point of a number that begins at `start`. */
export function digitsEnd(bytes: Uint8Array, start: number): number {
  let end = start
  while (isDigit(bytes[end]) || bytes[end] === POINT) end += 1
  return end
}

/** True behind the last byte of a number or a word. */
export function isScalarEnd(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte)
}
