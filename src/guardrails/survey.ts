import type { Span } from './detector.ts'

/** What one look at every character of a text tells of where a closer look is worth it. */
export interface Survey {
  /** Around numbers, with room for the words before them. They may overlap. */
  readonly numbers: readonly Span[]
  /** Runs of characters that may be base64. */
  readonly base64: readonly Span[]
}

/** Digits that stand near each other, at least, in a number of its own or in the four of an address of the internet protocol. */
const LEAST_DIGITS = 7
const LEAST_GROUPS = 4
/** Between two of them at most: the letters of a bank in a bank account, with a blank at either side. */
const WIDEST_GAP = 8
/** A longer run of letters and digits is a hash or a picture, and none of it is looked at as a number. */
const LONGEST_WORD = 34
/** Room for the word before a number that says what it is, and for what must not follow it. */
const BEFORE = 48
const BEHIND = 8
const LEAST_BASE64 = 24

const DIGIT = 1
const LETTER = 2
const JOINER = 3
/** Digit, letter, or another character of base64, by the code unit; anything else is nothing. */
const CLASSES = createClasses()

function createClasses(): Uint8Array {
  const classes = new Uint8Array(65_536)
  for (let code = 0; code < 128; code += 1) classes[code] = classOf(String.fromCharCode(code))
  return classes
}

function classOf(character: string): number {
  if (/\d/.test(character)) return DIGIT
  if (/[A-Za-z]/.test(character)) return LETTER
  return /[+/_-]/.test(character) ? JOINER : 0
}

/** Looks at a text once. */
export function surveyText(text: string): Survey {
  const numbers = new Numbers(text.length)
  let base64: Span[] | undefined
  let wordFrom = 0
  let digits = 0
  let runFrom = 0
  const { length } = text
  for (let at = 0; at < length; at += 1) {
    const kind = CLASSES[text.charCodeAt(at)]
    if (kind === LETTER) continue
    if (kind === DIGIT) {
      digits += 1
      continue
    }
    if (digits > 0) {
      numbers.add(wordFrom, at, digits)
      digits = 0
    }
    wordFrom = at + 1
    if (kind === JOINER) continue
    if (at - runFrom >= LEAST_BASE64) (base64 ??= []).push({ start: runFrom, end: at })
    runFrom = at + 1
  }
  if (digits > 0) numbers.add(wordFrom, length, digits)
  if (length - runFrom >= LEAST_BASE64) (base64 ??= []).push({ start: runFrom, end: length })
  return { numbers: numbers.end(), base64: base64 ?? NONE }
}

const NONE: readonly Span[] = []

/** Puts words that hold digits together, as long as they stand near each other. */
class Numbers {
  readonly #length: number
  #spans: Span[] | undefined
  #from = 0
  #to = -1
  #digits = 0
  #groups = 0

  constructor(length: number) {
    this.#length = length
  }

  add(from: number, to: number, digits: number): void {
    if (to - from > LONGEST_WORD) return
    if (this.#to < 0 || from - this.#to > WIDEST_GAP) {
      this.#close()
      this.#from = from
      this.#digits = 0
      this.#groups = 0
    }
    this.#groups += 1
    this.#to = to
    this.#digits += digits
  }

  end(): readonly Span[] {
    this.#close()
    return this.#spans ?? NONE
  }

  #close(): void {
    if (this.#digits < LEAST_DIGITS && this.#groups < LEAST_GROUPS) return
    ;(this.#spans ??= []).push({
      start: Math.max(0, this.#from - BEFORE),
      end: Math.min(this.#length, this.#to + BEHIND),
    })
  }
}
