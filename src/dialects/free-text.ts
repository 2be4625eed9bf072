import { parseJsonObject, readString, type JsonObject } from '../kit/json.ts'

/*
 * A tool whose input is free text is told as a function with one field where a wire or a server does not know such tools. Both
 * directions are here: the text is wrapped into the arguments of that function and taken out of them again, piece by piece, so
 * that a long patch is not held back until it is complete.
 */

/** The one field of the function. */
const FIELD = 'input'

/** The arguments of a call that is told whole. */
export function wrapFreeText(text: string): JsonObject {
  return { [FIELD]: text }
}

/** Writes free text as the JSON text of arguments, while it streams in. */
export class FreeTextWrapper {
  #isBegun = false

  /** Takes the next piece of the text. */
  push(piece: string): string {
    const opening = this.#isBegun ? '' : `{"${FIELD}":"`
    this.#isBegun = true
    return opening + JSON.stringify(piece).slice(1, -1)
  }

  /** The text is complete. */
  end(): string {
    return this.#isBegun ? '"}' : JSON.stringify(wrapFreeText(''))
  }
}

const OPENING = new RegExp(`^\\s*\\{\\s*"${FIELD}"\\s*:\\s*"`)
/** Arguments that have not opened within so many characters have another shape. */
const OPENING_CHARACTERS = 200
/** What ends a string or is more than itself in it (RFC 8259, 7). */
const SPECIAL = /["\\]/g
const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Takes free text out of arguments while they stream in. An escape that is cut in two waits for its rest, and so does one half of
 * a pair of surrogates. Arguments of another shape are the text themselves, given whole at the end.
 */
export class FreeTextReader {
  #place: 'before' | 'inside' | 'behind' | 'elsewhere' = 'before'
  /** What waits for its rest; of arguments of another shape everything. */
  #held: string[] = []
  #heldCharacters = 0

  /** Takes the next piece of JSON text; gives the free text that it completes. */
  push(piece: string): string {
    switch (this.#place) {
      case 'behind':
        return ''
      case 'elsewhere':
        this.#hold(piece)
        return ''
      case 'inside':
        return this.#readString(this.#release() + piece)
      case 'before':
        return this.#seekOpening(this.#release() + piece)
    }
  }

  /** The arguments are complete: gives what was held back. */
  end(): string {
    if (this.#place === 'inside' || this.#place === 'behind') return ''
    const whole = this.#release()
    const object = parseJsonObject(whole)
    return (object === undefined ? undefined : readString(object, FIELD)) ?? whole
  }

  #seekOpening(text: string): string {
    const opening = OPENING.exec(text)
    if (opening !== null) {
      this.#place = 'inside'
      return this.#readString(text.slice(opening[0].length))
    }
    this.#hold(text)
    if (this.#heldCharacters > OPENING_CHARACTERS) this.#place = 'elsewhere'
    return ''
  }

  #readString(json: string): string {
    let text = ''
    let at = 0
    for (;;) {
      SPECIAL.lastIndex = at
      const found = SPECIAL.exec(json)?.index ?? json.length
      text += json.slice(at, found)
      at = found
      if (at === json.length) break
      if (json[at] === '"') {
        this.#place = 'behind'
        return text
      }
      const escape = readEscape(json, at)
      if (escape === undefined) break
      text += escape.text
      at += escape.length
    }
    this.#hold(json.slice(at))
    return text
  }

  #hold(text: string): void {
    if (text === '') return
    this.#held.push(text)
    this.#heldCharacters += text.length
  }

  #release(): string {
    const held = this.#held
    if (held.length === 0) return ''
    this.#held = []
    this.#heldCharacters = 0
    return held.join('')
  }
}

interface Escape {
  readonly text: string
  /** Characters of JSON that say it. */
  readonly length: number
}

const HIGH = /^\\u[dD][89abAB]/
const UNIT = 6

/** One character of a JSON string that is escaped, both halves where it has two; undefined while it is incomplete. */
function readEscape(json: string, at: number): Escape | undefined {
  const kind = json[at + 1]
  if (kind === undefined) return undefined
  if (kind !== 'u') return { text: ESCAPES[kind] ?? kind, length: 2 }
  if (json.length < at + UNIT) return undefined
  const text = readUnit(json, at)
  if (!HIGH.test(json.slice(at, at + UNIT))) return { text, length: UNIT }
  const next = json.slice(at + UNIT, at + 2 * UNIT)
  const isPair = next.startsWith('\\u')
  if (isPair && next.length === UNIT) return { text: text + readUnit(json, at + UNIT), length: 2 * UNIT }
  return isPair || '\\u'.startsWith(next) ? undefined : { text, length: UNIT }
}

function readUnit(json: string, at: number): string {
  return String.fromCharCode(Number.parseInt(json.slice(at + 2, at + UNIT), 16))
}
