import { isSignForLetter } from './look-alikes.ts'

/** What a character is to words. */
export const LetterClass = {
  /** Stands between words. */
  between: 1,
  /** A letter or a digit of a word. */
  letter: 2,
  /** A word of its own: scripts that write without blanks, pictures. */
  alone: 3,
  /** Cannot be seen, or is a mark upon the letter before it. */
  nothing: 4,
} as const

/** Names of trade marks and numbers of footnotes hang on words without belonging to them. */
const HANGS_ON = /[\u2120\u2122\u00B9\u00B2\u00B3\u2070-\u2079\u2080-\u2089]/
const UNSEEN = /^[\p{Default_Ignorable_Code_Point}\p{Cf}]$/u
/** Marks upon letters, as far as they are no letters themselves: those of Indian scripts are, and those of kana. */
const MARKS = /[\p{Script=Inherited}\u0591-\u05C7]/gu
const KANA_MARKS = /[\u3099\u309A]/
const ALONE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Extended_Pictographic}]$/u
const LETTER = /[\p{L}\p{N}\p{M}]/u

/** Code points whose fold was worked out once are remembered, so many at most. */
const MOST_REMEMBERED = 65_536

/** No letter is folded to it. */
export const BETWEEN = 1

/** A character as words are compared: its class, and what it is folded to. */
export interface Folded {
  readonly letterClass: number
  /** In UTF-16 code units; empty between words. */
  readonly units: string
}

/**
 * Folds characters, so that words are the same however they are written: NFKC, no case, no marks upon letters. Works each out when it
 * is first met, and remembers it.
 */
export class Letters {
  /**
   * By the code unit, as far as it was met: what a letter is folded to, where that is one unit, and `BETWEEN` for what stands between words
   * whatever stands beside it; 0 for all others.
   */
  readonly plain = new Uint16Array(65_536)
  readonly #classes = new Uint8Array(65_536)
  readonly #several = new Map<number, Folded>()

  /** The class of a code unit that is no half of a pair. */
  classOf(unit: number): number {
    return this.#classes[unit] || this.#learn(unit)
  }

  /** What any code point is folded to. */
  fold(point: number): Folded {
    const known = this.#several.get(point)
    if (known !== undefined) return known
    const folded = foldPoint(String.fromCodePoint(point))
    if (this.#several.size < MOST_REMEMBERED) this.#several.set(point, folded)
    return folded
  }

  #learn(unit: number): number {
    const folded = foldPoint(String.fromCharCode(unit))
    const { letterClass, units } = folded
    this.#classes[unit] = letterClass
    if (letterClass === LetterClass.letter && units.length === 1) this.plain[unit] = units.charCodeAt(0)
    if (letterClass === LetterClass.between && !isSignForLetter(unit)) this.plain[unit] = BETWEEN
    return letterClass
  }
}

function foldPoint(character: string): Folded {
  if (HANGS_ON.test(character)) return { letterClass: LetterClass.between, units: '' }
  if (UNSEEN.test(character)) return { letterClass: LetterClass.nothing, units: '' }
  // A mark of kana makes another letter of the one before it.
  if (KANA_MARKS.test(character)) return { letterClass: LetterClass.letter, units: character }
  const units = foldCase(withoutMarks(character))
  if (units === '') return { letterClass: LetterClass.nothing, units }
  if (ALONE.test(character)) return { letterClass: LetterClass.alone, units }
  return LETTER.test(units)
    ? { letterClass: LetterClass.letter, units: units.replaceAll(/[^\p{L}\p{N}\p{M}]/gu, '') }
    : { letterClass: LetterClass.between, units: '' }
}

function withoutMarks(character: string): string {
  return character.normalize('NFKD').replaceAll(MARKS, (mark) => (KANA_MARKS.test(mark) ? mark : ''))
}

/** Upper case first: so `ß` is `ss`, and both forms of sigma are one. */
function foldCase(text: string): string {
  return text
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(MARKS, (mark) => (KANA_MARKS.test(mark) ? mark : ''))
}
