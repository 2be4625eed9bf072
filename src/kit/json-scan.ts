import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  digitsEnd,
  isDigit,
  isScalarEnd,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from './json-bytes.ts'
import { decodeKey } from './json-key.ts'
import { JSON_BOUNDS, JsonScanError, type JsonScanLimits } from './json-bounds.ts'
import { stringEnd } from './json-string-end.ts'

/** Numbers of fewer characters are exact as the platform's (IEEE 754 binary64), unless they have an exponent. */
const LONG_NUMBER_BYTES = 16
/** Members of a root object that are looked through one by one; more are found by a map, so that no body makes it slow. */
const FEW_MEMBERS = 16

/** Where a member of the root object stands in the bytes. Spans are half-open and exclude surrounding white space. */
export interface JsonMember {
  /** Decoded: `"mod\u0065l"` is `model`. */
  readonly key: string
  /** The key's opening quote. */
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

/** What one pass over a JSON text found. */
export interface JsonScan {
  /** Members of the root object in order of appearance; keys are distinct. */
  readonly members: readonly JsonMember[]
  /** The member of that name, if any. */
  find(key: string): JsonMember | undefined
  /** Offset of the root object's `{`. */
  readonly rootStart: number
  /** Offset of its `}`. */
  readonly rootEnd: number
  /** Deepest nesting; an empty root object has 1. */
  readonly depth: number
  /** Commas, colons and brackets outside strings. */
  readonly tokens: number
  /** True when a number below the root's own members may hold more than the platform's numbers do. */
  readonly hasLongNumbers: boolean
}

/**
 * Looks over UTF-8 bytes before they are parsed: a body that would exhaust the parser is refused, a root object that says a
 * key twice is refused (parsers disagree on which one counts, so what is checked here could differ from what a provider
 * obeys), and every member of the root is located. It does not validate: bytes that pass may still fail to parse, but
 * bytes that parse are understood here exactly as the parser does. Throws JsonScanError.
 */
export function scanJson(bytes: Uint8Array, limits: JsonScanLimits = JSON_BOUNDS): JsonScan {
  const scanner = new RootScanner(bytes, limits)
  // One step, since nothing in the bytes is longer than they are.
  scanner.goOn(bytes.length)
  return scanner
}

/** As `scanJson`, in steps that look at about so many bytes each. */
export function* scanJsonInSteps(
  bytes: Uint8Array,
  stepBytes: number,
  limits: JsonScanLimits = JSON_BOUNDS,
): Generator<void, JsonScan> {
  const scanner = new RootScanner(bytes, limits)
  while (!scanner.goOn(stepBytes)) yield
  return scanner
}

/** Scans, and is what it found. */
class RootScanner implements JsonScan {
  readonly members: JsonMember[] = []
  rootStart = 0
  rootEnd = 0
  depth = 1
  tokens = 1
  hasLongNumbers = false
  readonly #bytes: Uint8Array
  readonly #limits: JsonScanLimits
  #byKey: Map<string, JsonMember> | undefined
  #at = 0
  #keyStart = 0
  #keyEnd = 0
  /** Where the value that was left begins; 0 between the members of the root. */
  #valueStart = 0
  /** Nesting at `at`; 1 between the members of the root. */
  #level = 1
  /** True when `at` is within a string that was left. */
  #inString = false
  /** Names of members at any depth, where they have to be looked over. */
  #names: Set<string> | undefined

  constructor(bytes: Uint8Array, limits: JsonScanLimits) {
    this.#bytes = bytes
    this.#limits = limits
  }

  /** Looks at about so many bytes more; true when it has seen them all. */
  goOn(stepBytes: number): boolean {
    if (this.rootEnd === 0) {
      const hasMembers = this.#valueStart > 0 || this.#openRoot()
      if (hasMembers && !this.#readMembers(stepBytes)) return false
      this.#closeRoot()
    }
    // Each member takes two tokens, so that hardly any body has to be looked over for its names.
    return this.tokens <= 2 * this.#limits.names || this.#boundNames(stepBytes)
  }

  /** Passes the brace of the root; false where it has no members. */
  #openRoot(): boolean {
    const bytes = this.#bytes
    this.rootStart = skipSpace(bytes, 0)
    if (bytes[this.rootStart] !== OPEN_BRACE) throw new JsonScanError('not-an-object')
    this.#at = skipSpace(bytes, this.rootStart + 1)
    return bytes[this.#at] !== CLOSE_BRACE
  }

  #closeRoot(): void {
    const bytes = this.#bytes
    this.rootEnd = this.#at
    this.#count(1)
    if (skipSpace(bytes, this.rootEnd + 1) !== bytes.length) throw new JsonScanError('malformed')
    this.#at = this.rootStart
  }

  /** The parser remembers every name that it meets, which takes far longer than reading one that it knows. */
  #boundNames(stepBytes: number): boolean {
    const bytes = this.#bytes
    const names = (this.#names ??= new Set<string>())
    let at = this.#at
    const until = at + stepBytes
    while (at < bytes.length) {
      if (at > until) {
        this.#at = at
        return false
      }
      if (bytes[at] !== QUOTE) {
        at += 1
        continue
      }
      const end = stringEnd(bytes, at)
      if (bytes[skipSpace(bytes, end)] === COLON) names.add(Buffer.prototype.latin1Slice.call(bytes, at, end))
      if (names.size > this.#limits.names) throw new JsonScanError('too-many-names')
      at = end
    }
    return true
  }

  find(key: string): JsonMember | undefined {
    if (this.#byKey !== undefined) return this.#byKey.get(key)
    for (const member of this.members) if (member.key === key) return member
    return undefined
  }

  /** Reads the members of the root, or goes on with them; false where a value was left. */
  #readMembers(stepBytes: number): boolean {
    const bytes = this.#bytes
    for (;;) {
      if (this.#valueStart === 0) this.#passKey()
      if (!this.#passValue(this.#valueStart, this.#at + stepBytes)) return false
      this.#addMember()
      this.#at = skipSpace(bytes, this.#at)
      const separator = bytes[this.#at]
      if (separator === CLOSE_BRACE) return true
      if (separator !== COMMA) throw new JsonScanError('malformed')
      this.#count(1)
      this.#at = skipSpace(bytes, this.#at + 1)
    }
  }

  /** Passes a key and its colon. */
  #passKey(): void {
    const bytes = this.#bytes
    this.#keyStart = this.#at
    if (bytes[this.#at] !== QUOTE) throw new JsonScanError('malformed')
    this.#keyEnd = stringEnd(bytes, this.#at)
    const colon = skipSpace(bytes, this.#keyEnd)
    if (bytes[colon] !== COLON) throw new JsonScanError('malformed')
    this.#valueStart = this.#at = skipSpace(bytes, colon + 1)
  }

  /** Adds the member whose value was passed. */
  #addMember(): void {
    const { members } = this
    const key = decodeKey(this.#bytes, this.#keyStart, this.#keyEnd)
    if (key === undefined) throw new JsonScanError('malformed')
    if (this.find(key) !== undefined) throw new JsonScanError('duplicate-key', key)
    const member = { key, keyStart: this.#keyStart, valueStart: this.#valueStart, valueEnd: this.#at }
    this.#valueStart = 0
    members.push(member)
    if (members.length > this.#limits.names) throw new JsonScanError('too-many-names')
    if (this.#byKey !== undefined) this.#byKey.set(key, member)
    else if (members.length > FEW_MEMBERS) this.#byKey = new Map(members.map((known) => [known.key, known]))
    this.#count(1)
  }

  /** Passes the value that begins at `start`, or goes on with it; false where it is not over at `until`. */
  #passValue(start: number, until: number): boolean {
    const bytes = this.#bytes
    const first = bytes[start]
    if (first === QUOTE) return this.#passString(until)
    if (first === OPEN_BRACE || first === OPEN_BRACKET)
      return (!this.#inString || this.#passString(until)) && this.#passContainer(until)
    let end = start
    while (end < bytes.length && !isScalarEnd(bytes[end])) end += 1
    if (end === start) throw new JsonScanError('malformed')
    this.#at = end
    return true
  }

  /** Passes a string from its opening quote, or goes on with it; false where it is not over at `until`. */
  #passString(until: number): boolean {
    const end = stringEnd(this.#bytes, this.#inString ? this.#at - 1 : this.#at, until)
    this.#inString = end < 0
    this.#at = Math.abs(end)
    return end > 0
  }

  /**
   * Passes an object or array, or goes on with it; false where it is not over at `until`. Only brackets are counted, not
   * matched: in text that parses they match anyway. The loop works on locals because it sees every byte outside strings.
   */
  #passContainer(until: number): boolean {
    const bytes = this.#bytes
    const maxDepth = this.#limits.depth
    const stop = Math.min(until, bytes.length)
    let level = this.#level
    let tokens = 0
    let at = this.#at
    while (at < stop) {
      switch (bytes[at] ?? 0) {
        case QUOTE: {
          const end = stringEnd(bytes, at, until)
          this.#inString = end < 0
          if (end < 0) return this.#pause(-end, level, tokens)
          at = end
          continue
        }
        case OPEN_BRACE:
        case OPEN_BRACKET:
          level += 1
          if (level > maxDepth) throw new JsonScanError('too-deep')
          if (level > this.depth) this.depth = level
          tokens += 1
          break
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          level -= 1
          tokens += 1
          if (level > 1) break
          this.#pause(at + 1, level, tokens)
          return true
        case COMMA:
        case COLON:
          tokens += 1
          if ((tokens & 0xfff) === 0 && this.tokens + tokens > this.#limits.tokens) this.#count(tokens)
          break
        default:
          at = this.#digitsEnd(at)
          continue
      }
      at += 1
    }
    if (at >= bytes.length) throw new JsonScanError('malformed')
    return this.#pause(at, level, tokens)
  }

  /** Keeps where a container was left. */
  #pause(at: number, level: number, tokens: number): false {
    this.#at = at
    this.#level = level
    this.#count(tokens)
    return false
  }

  /** Skips a byte of a word, or the rest of a number from its first digit on. */
  #digitsEnd(start: number): number {
    const bytes = this.#bytes
    if (!isDigit(bytes[start])) return start + 1
    const end = digitsEnd(bytes, start)
    const last = bytes[end] ?? 0
    if (end - start >= LONG_NUMBER_BYTES || last === 0x65 || last === 0x45) this.hasLongNumbers = true
    return end
  }

  #count(tokens: number): void {
    this.tokens += tokens
    if (this.tokens > this.#limits.tokens) throw new JsonScanError('too-many-tokens')
  }
}
