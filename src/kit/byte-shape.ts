import { BACKSLASH, QUOTE } from './json-bytes.ts'
import { parseJson } from './json.ts'

/**
 * The shape that JSON texts of a stream have in common: pieces that are always the same, and between them the insides of
 * strings, which are free. Matching looks at bytes alone, so it costs a fraction of decoding or parsing.
 */
export interface ByteShape {
  /** True for bytes of this shape. Bytes that are no JSON at all may match too. */
  matches(bytes: Uint8Array): boolean
  /** True when all free strings of bytes of this shape are empty. */
  isBare(bytes: Uint8Array): boolean
  /** The first free string of bytes of this shape; undefined for others, and when it is no JSON string. */
  text(bytes: Uint8Array): string | undefined
}

/**
 * Creates a shape.
 *
 * @param pieces what is constant, in order; all but the first begin with the quote that ends a free string
 */
export function createByteShape(pieces: readonly string[]): ByteShape {
  const [head = EMPTY, ...rest] = pieces.map((piece) => Buffer.from(piece))
  const matches = (bytes: Uint8Array): boolean => {
    if (!isAt(bytes, 0, head)) return false
    let at = head.length
    for (const piece of rest) {
      at = nextQuote(bytes, at)
      if (at < 0 || !isAt(bytes, at, piece)) return false
      at += piece.length
    }
    return at === bytes.length
  }
  const bareLength = head.length + rest.reduce((length, piece) => length + piece.length, 0)
  return {
    matches,
    isBare: (bytes) => rest.length > 0 && bytes.length === bareLength,
    text(bytes) {
      if (rest.length === 0 || !matches(bytes)) return undefined
      const end = nextQuote(bytes, head.length)
      return unescape(decoder.decode(bytes.subarray(head.length, end)))
    },
  }
}

const EMPTY = Buffer.alloc(0)
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
/** What cannot stand in a JSON string as it is (RFC 8259, 7). */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const UNUSUAL = /[\\\u0000-\u001f]/

function unescape(inside: string): string | undefined {
  if (!UNUSUAL.test(inside)) return inside
  try {
    const text = parseJson(`"${inside}"`)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

function isAt(bytes: Uint8Array, at: number, piece: Buffer): boolean {
  const end = at + piece.length
  return end <= bytes.length && piece.compare(bytes, at, end) === 0
}

/**
 * The next quote without a backslash before it, or -1. A quote behind an escaped backslash is overlooked: then the text
 * does not match, which is the safe side.
 */
function nextQuote(bytes: Uint8Array, from: number): number {
  let quote = bytes.indexOf(QUOTE, from)
  while (quote > from && bytes[quote - 1] === BACKSLASH) quote = bytes.indexOf(QUOTE, quote + 1)
  return quote
}
