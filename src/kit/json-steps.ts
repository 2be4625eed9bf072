import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-bytes.ts'
import { isArray, isObject, parseJson, parseJsonExactly, setMember, type Json } from './json.ts'

const LETTER_U = 0x75
/** Of an escape, `\u00e9`. */
const LONGEST_ESCAPE = 6
/** A mark of the order of bytes is text like any other where it stands within a text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface JsonStepOptions {
  /** What is read in one step, roughly. */
  readonly pieceBytes: number
  /** True: numbers that the platform's own would change keep their text, as with `parseJsonExactly`. */
  readonly exact: boolean
}

/**
 * Parses UTF-8 bytes as `parseJson` does, in steps of about the same length: what is small is parsed in one go with its
 * neighbours, what is long is taken apart. Check untrusted bytes with `scanJson` first, which bounds their depth. Throws
 * SyntaxError, and TypeError for bytes that are no UTF-8.
 */
export function* parseJsonInSteps(bytes: Uint8Array, options: JsonStepOptions): Generator<void, Json> {
  const parts = yield* findLargeParts(bytes, options.pieceBytes)
  return yield* new PartParser(bytes, parts, options).value(0, bytes.length)
}

/** A container or string that is longer than a piece. Spans are half-open. */
interface LargePart {
  readonly end: number
  /** The commas at which a container may be cut; a value that is longer than a piece stands alone between two of them. */
  readonly cuts: readonly number[]
}

/** By the offset at which they begin. */
type LargeParts = ReadonlyMap<number, LargePart>

/** A container that is not over. */
interface Open {
  readonly start: number
  readonly cuts: number[]
  /** The last comma at which it is cut, or its bracket. */
  cut: number
  /** Its last comma, or its bracket. */
  comma: number
}

function* findLargeParts(bytes: Uint8Array, pieceBytes: number): Generator<void, LargeParts> {
  const parts = new Map<number, LargePart>()
  const open: Open[] = []
  let pausedAt = 0
  let at = 0
  while (at < bytes.length) {
    if (at - pausedAt > pieceBytes) {
      pausedAt = at
      yield
    }
    const byte = bytes[at]
    if (byte === QUOTE) {
      let end = stringEnd(bytes, at + 1, at + pieceBytes)
      while (end < 0) {
        yield
        end = stringEnd(bytes, -end, pieceBytes - end)
      }
      if (end - at > pieceBytes) parts.set(at, { end, cuts: [] })
      at = end
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open.push({ start: at, cuts: [], cut: at, comma: at })
    else if (byte === COMMA) passComma(open.at(-1), at, pieceBytes)
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      const part = open.pop()
      if (part !== undefined && at - part.start > pieceBytes)
        parts.set(part.start, close(part, at, pieceBytes))
    }
    at += 1
  }
  return parts
}

function passComma(part: Open | undefined, at: number, pieceBytes: number): void {
  if (part === undefined) return
  if (at - part.cut > pieceBytes) {
    setApart(part, at, pieceBytes)
    part.cuts.push(at)
    part.cut = at
  }
  part.comma = at
}

function close(part: Open, at: number, pieceBytes: number): LargePart {
  setApart(part, at, pieceBytes)
  return { end: at + 1, cuts: part.cuts }
}

/** Cuts before the last value where it is long by itself. */
function setApart(part: Open, at: number, pieceBytes: number): void {
  if (at - part.comma > pieceBytes && part.comma > part.cut) part.cuts.push(part.comma)
}

/**
 * Offset behind the closing quote; where there is none until `until`, the negative of the offset at which to go on. `from` must
 * not be inside an escape.
 */
function stringEnd(bytes: Uint8Array, from: number, until: number): number {
  let at = from
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at)
    if (quote < 0) throw new SyntaxError('a text does not end')
    if (backslashesBefore(bytes, quote, at) % 2 === 0) return quote + 1
    at = quote + 1
    if (at > until) return -at
  }
}

/** How many stand directly before an offset. */
function backslashesBefore(bytes: Uint8Array, offset: number, from: number): number {
  let at = offset
  while (at > from && bytes[at - 1] === BACKSLASH) at -= 1
  return offset - at
}

class PartParser {
  readonly #bytes: Uint8Array
  readonly #parts: LargeParts
  readonly #pieceBytes: number
  readonly #parse: (text: string) => Json

  constructor(bytes: Uint8Array, parts: LargeParts, { pieceBytes, exact }: JsonStepOptions) {
    this.#bytes = bytes
    this.#parts = parts
    this.#pieceBytes = pieceBytes
    this.#parse = exact ? parseJsonExactly : parseJson
  }

  /** The one value in a span, which may have white space around it. */
  *value(from: number, to: number): Generator<void, Json> {
    const start = skipSpace(this.#bytes, from, to)
    const part = this.#parts.get(start)
    if (part === undefined) {
      yield
      return this.#parse(this.#text(start, to))
    }
    if (skipSpace(this.#bytes, part.end, to) !== to) throw new SyntaxError('a value is followed by something')
    const first = this.#bytes[start]
    if (first === QUOTE) return yield* this.#string(start + 1, part.end - 1)
    const isArray = first === OPEN_BRACKET
    if (this.#bytes[part.end - 1] !== (isArray ? CLOSE_BRACKET : CLOSE_BRACE))
      throw new SyntaxError('a bracket is closed by another')
    return yield* isArray ? this.#array(start, part) : this.#object(start, part)
  }

  *#array(start: number, part: LargePart): Generator<void, Json> {
    const values: Json[] = []
    for (const [from, to] of this.#spans(start, part)) {
      if (this.#parts.has(skipSpace(this.#bytes, from, to))) {
        values.push(yield* this.value(from, to))
        continue
      }
      yield
      const several = this.#parse(`[${this.#text(from, to)}]`)
      if (isArray(several)) for (const value of several) values.push(value)
    }
    return values
  }

  *#object(start: number, part: LargePart): Generator<void, Json> {
    const object: Record<string, Json | undefined> = {}
    for (const [from, to] of this.#spans(start, part)) {
      const valueStart = this.#largeValueOf(from, to)
      if (valueStart === undefined) {
        yield
        addMembers(object, this.#parse(`{${this.#text(from, to)}}`))
      } else {
        const named = parseJson(`{${this.#text(from, valueStart)}0}`)
        const [key = ''] = isObject(named) ? Object.keys(named) : []
        setMember(object, key, yield* this.value(valueStart, to))
      }
    }
    return object
  }

  /** What stands between the cuts, commas excluded. */
  *#spans(start: number, { end, cuts }: LargePart): Generator<readonly [from: number, to: number]> {
    let from = start + 1
    for (const to of [...cuts, end - 1]) {
      if (cuts.length > 0 && skipSpace(this.#bytes, from, to) === to)
        throw new SyntaxError('a comma has nothing beside it')
      yield [from, to]
      from = to + 1
    }
  }

  /** Where the value of the member that a span begins with begins, if it is a large one. */
  #largeValueOf(from: number, to: number): number | undefined {
    const bytes = this.#bytes
    const keyStart = skipSpace(bytes, from, to)
    if (bytes[keyStart] !== QUOTE) return undefined
    const keyEnd = this.#parts.get(keyStart)?.end ?? stringEnd(bytes, keyStart + 1, bytes.length)
    const colon = skipSpace(bytes, keyEnd, to)
    if (bytes[colon] !== COLON) return undefined
    const valueStart = skipSpace(bytes, colon + 1, to)
    return this.#parts.has(valueStart) ? valueStart : undefined
  }

  /** What stands between two quotes. */
  *#string(from: number, to: number): Generator<void, string> {
    let text = ''
    let at = from
    while (at < to) {
      yield
      const end = at + this.#pieceBytes < to ? endOfPiece(this.#bytes, at, at + this.#pieceBytes) : to
      const piece = parseJson(`"${this.#text(at, end)}"`)
      if (typeof piece === 'string') text += piece
      at = end
    }
    yield
    return inOnePiece(text)
  }

  #text(from: number, to: number): string {
    return decoder.decode(this.#bytes.subarray(from, to))
  }
}

function addMembers(object: Record<string, Json | undefined>, members: Json): void {
  if (!isObject(members)) return
  for (const key of Object.keys(members)) setMember(object, key, members[key])
}

/** The last offset that is not behind `wanted` and neither within a character nor within an escape; nor is `from`. */
function endOfPiece(bytes: Uint8Array, from: number, wanted: number): number {
  const isInCharacter = (offset: number): boolean => ((bytes[offset] ?? 0) & 0xc0) === 0x80
  let end = wanted
  while (end > wanted - 3 && isInCharacter(end)) end -= 1
  for (let at = end - 1; at > end - LONGEST_ESCAPE; at -= 1) {
    if (bytes[at] !== BACKSLASH) continue
    // Of a row of them, every second one is the character of an escape.
    const isEscape = backslashesBefore(bytes, at, from) % 2 === 0
    const length = bytes[at + 1] === LETTER_U ? LONGEST_ESCAPE : 2
    return isEscape && at + length > end ? at : end
  }
  return end
}

/** A text that was put together is copied when it is first looked into; better now than in the middle of something else. */
function inOnePiece(text: string): string {
  text.charCodeAt(0)
  return text
}
