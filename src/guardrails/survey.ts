import { isWordAt, type Span } from './detector.ts'
import { NO_DIGITS, withLetterBefore, withMark, withRun, type Digits } from './digit-shapes.ts'

/** Around a number. */
export interface NumberSpan extends Span {
  /** Where its first word begins and its last one ends; what does not touch these is none of it. */
  readonly from: number
  readonly to: number
  readonly digits: Digits
}

/** What one look at every character of a text tells of where a closer look is worth it. */
export interface Survey {
  /** Around numbers, with room for the words before them. They may overlap. */
  readonly numbers: readonly NumberSpan[]
  /** Runs of characters that may be base64. */
  readonly base64: readonly Span[]
}

/** Digits that stand near each other, at least, in a number of its own or in the four of an address of the internet protocol. */
const LEAST_DIGITS = 6
const LEAST_GROUPS = 4
/** Between two of them at most: the letters of a bank in a bank account, with a blank at either side. */
const WIDEST_GAP = 8
/** A longer run of letters and digits is a hash or a picture, and none of it is looked at as a number. */
const LONGEST_WORD = 34
/** Room for the word before a number that says what it is. */
const BEFORE = 48
/** And for what must not follow it: as much as a number could go on, if a word of digits that is too long were a part of it. */
const BEHIND = 24
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
  const numbers = new Numbers(text)
  let base64: Span[] | undefined
  let wordFrom = 0
  let isNumber = false
  let runFrom = 0
  const { length } = text
  // One further than the last: nothing stands there, and so all that is open ends.
  for (let at = 0; at <= length; at += 1) {
    const kind = at === length ? 0 : CLASSES[text.charCodeAt(at)]
    if (kind === LETTER) continue
    if (kind === DIGIT) {
      isNumber = true
      continue
    }
    if (isNumber) {
      numbers.add(wordFrom, at)
      isNumber = false
    }
    wordFrom = at + 1
    if (kind === JOINER) continue
    if (at - runFrom >= LEAST_BASE64) (base64 ??= []).push({ start: runFrom, end: at })
    runFrom = at + 1
  }
  return { numbers: numbers.end(), base64: base64 ?? NONE }
}

const NONE: readonly never[] = []

/** What may stand before the first word with digits that belongs to a number: a sign, a bracket, two letters and a blank. */
export const WIDEST_BEGIN = 4

/**
 * Where the number begins that is not over at the end of a text, or may begin there: behind it stand no words with digits nearer to each
 * other than those of one number.
 *
 * @param least where looking back ends
 */
export function beginOfNumber(text: string, least: number): number {
  let from = beginOfWord(text, text.length)
  let at = from
  while (at > least && from - at <= WIDEST_GAP) {
    at -= 1
    if (!isWordAt(text, at)) continue
    const begin = beginOfWord(text, at)
    if (hasDigit(text, begin, at + 1)) from = begin
    at = begin
  }
  return Math.max(least, from - WIDEST_BEGIN)
}

/** Where the letters and digits begin that stand before a place; no further back than a word of a number is long. */
function beginOfWord(text: string, end: number): number {
  let at = end
  while (at > 0 && end - at <= LONGEST_WORD && isWordAt(text, at - 1)) at -= 1
  return at
}

function hasDigit(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (CLASSES[text.charCodeAt(at)] === DIGIT) return true
  return false
}

/** Puts words that hold digits together, as long as they stand near each other. */
class Numbers {
  readonly #text: string
  #spans: NumberSpan[] | undefined
  #from = 0
  #to = -1
  #count = 0
  #groups = 0
  #digits = NO_DIGITS

  constructor(text: string) {
    this.#text = text
  }

  /** A word with digits in it. */
  add(from: number, to: number): void {
    if (to - from > LONGEST_WORD) return
    if (this.#to < 0 || from - this.#to > WIDEST_GAP) {
      this.#close()
      this.#from = from
      this.#to = from
      this.#count = 0
      this.#groups = 0
      this.#digits = NO_DIGITS
    }
    this.#groups += 1
    this.#read(this.#to, to)
    this.#to = to
  }

  end(): readonly NumberSpan[] {
    this.#close()
    return this.#spans ?? NONE
  }

  /** Runs of digits, and what stands between them. */
  #read(from: number, to: number): void {
    let run = 0
    let digits = this.#digits
    let before = 0
    for (let at = from; at < to; at += 1) {
      const code = this.#text.charCodeAt(at)
      const kind = CLASSES[code] ?? 0
      if (kind === DIGIT) {
        if (before === LETTER) digits = withLetterBefore(digits)
        run += 1
        before = kind
        continue
      }
      before = kind
      if (run > 0) {
        digits = withRun(digits, run)
        this.#count += run
        run = 0
      }
      digits = withMark(digits, code)
    }
    if (run > 0) digits = withRun(digits, run)
    this.#count += run
    this.#digits = digits
  }

  #close(): void {
    if (this.#count < LEAST_DIGITS && this.#groups < LEAST_GROUPS) return
    ;(this.#spans ??= []).push({
      from: this.#from,
      to: this.#to,
      start: Math.max(0, this.#from - BEFORE),
      end: Math.min(this.#text.length, this.#to + BEHIND),
      digits: this.#digits,
    })
  }
}
