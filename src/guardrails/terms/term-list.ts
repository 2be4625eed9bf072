import { type WordBuffer } from './word-buffer.ts'

/** What has to stand right before and behind the words of a term, as it is written: `C++`, `.NET`. */
export interface Signs {
  readonly lead: string
  readonly tail: string
}

/** Of most terms. */
export const NO_SIGNS: Signs = { lead: '', tail: '' }

const BLANK = 0x20
const CASE = 0x20
const SIGNS_BEFORE = /^\s*([.#@$+]*)/
const SIGNS_BEHIND = /([#+*!$]*)\s*$/

/**
 * Terms as they are compared: words folded, a blank between two. All stand in one array, so that a million of them are no million
 * objects.
 */
export class TermList {
  units: Uint16Array<ArrayBuffer>
  /** Where each begins in `units`; one more for the end of the last. */
  readonly begins: Uint32Array<ArrayBuffer>
  readonly signs = new Map<number, Signs>()
  count = 0
  /** Units of the longest. */
  longest = 0
  /** Characters of the longest signs before and behind. */
  longestLead = 0
  longestTail = 0
  #length = 0

  constructor(most: number, length: number) {
    this.units = new Uint16Array(length)
    this.begins = new Uint32Array(most + 1)
  }

  /** Units of all of them. */
  get length(): number {
    return this.#length
  }

  /** Puts a word of the file into the list; one that holds no letter is left out. */
  read(word: string, buffer: WordBuffer): void {
    if (this.#readPlain(word)) return this.#close(NO_SIGNS)
    buffer.read(word, { signsAreLetters: false })
    for (let at = 0; at < buffer.length; at += 1) this.#put(buffer.units[at] ?? 0)
    const [, lead = ''] = SIGNS_BEFORE.exec(word) ?? []
    const [, tail = ''] = SIGNS_BEHIND.exec(word) ?? []
    this.#close(lead === '' && tail === '' ? NO_SIGNS : { lead, tail })
  }

  /** The same terms without blanks, as far as they have so many letters. */
  joined(least: number): TermList {
    const joined = new TermList(this.count, this.#length)
    for (let index = 0; index < this.count; index += 1) {
      const end = this.begins[index + 1] ?? 0
      for (let at = this.begins[index] ?? 0; at < end; at += 1)
        if (this.units[at] !== BLANK) joined.#put(this.units[at] ?? 0)
      if (joined.#openLength >= least) joined.#close(this.signs.get(index) ?? NO_SIGNS)
      else joined.#length = joined.begins[joined.count] ?? 0
    }
    return joined
  }

  get #openLength(): number {
    return this.#length - (this.begins[this.count] ?? 0)
  }

  /** Letters and digits of ASCII with single blanks between them. What is written otherwise is not read. */
  #readPlain(word: string): boolean {
    let before = BLANK
    for (let at = 0; at < word.length; at += 1) {
      const code = word.charCodeAt(at)
      const folded = code >= 0x41 && code <= 0x5a ? code + CASE : code
      const isLetter = (folded >= 0x61 && folded <= 0x7a) || (folded >= 0x30 && folded <= 0x39)
      if (!isLetter && (folded !== BLANK || before === BLANK)) return this.#forget()
      this.#put(folded)
      before = folded
    }
    return before === BLANK ? this.#forget() : true
  }

  #forget(): false {
    this.#length = this.begins[this.count] ?? 0
    return false
  }

  #close(signs: Signs): void {
    const length = this.#openLength
    if (length === 0) return
    if (signs !== NO_SIGNS) {
      this.signs.set(this.count, signs)
      this.longestLead = Math.max(this.longestLead, signs.lead.length)
      this.longestTail = Math.max(this.longestTail, signs.tail.length)
    }
    this.longest = Math.max(this.longest, length)
    this.count += 1
    this.begins[this.count] = this.#length
  }

  #put(unit: number): void {
    if (this.#length === this.units.length) {
      const grown = new Uint16Array(Math.max(64, this.units.length * 2))
      grown.set(this.units)
      this.units = grown
    }
    this.units[this.#length] = unit
    this.#length += 1
  }
}

/** Terms of the file, as people write them. */
export function readTerms(words: readonly string[], buffer: WordBuffer): TermList {
  let length = 0
  for (const word of words) length += word.length
  const list = new TermList(words.length, length)
  for (const word of words) list.read(word, buffer)
  return list
}
