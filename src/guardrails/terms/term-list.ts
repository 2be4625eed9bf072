import { type WordBuffer } from './word-buffer.ts'

/** What has to stand right before and behind the words of a term, as it is written: `C++`, `.NET`. */
export interface Signs {
  readonly lead: string
  readonly tail: string
}

/** Terms by their places in a list, the last not included. */
export interface Range {
  readonly from: number
  readonly to: number
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
  begins = new Uint32Array(1_024)
  readonly signs = new Map<number, Signs>()
  count = 0
  /** Units of the longest. */
  longest = 0
  /** Characters of the longest signs before and behind. */
  longestLead = 0
  longestTail = 0
  #length = 0

  /** @param length how many units there will be, about */
  constructor(length: number) {
    this.units = new Uint16Array(length)
  }

  /** Units of all of them. */
  get length(): number {
    return this.#length
  }

  /** Puts a word of the file into the list; one that holds no letter is left out. Gives whether it is plain: letters and digits of ASCII. */
  read(word: string, buffer: WordBuffer): boolean {
    if (this.#readPlain(word)) {
      this.#close(NO_SIGNS)
      return true
    }
    buffer.read(word, { signsAreLetters: false })
    for (let at = 0; at < buffer.length; at += 1) this.#put(buffer.units[at] ?? 0)
    const [, lead = ''] = SIGNS_BEFORE.exec(word) ?? []
    const [, tail = ''] = SIGNS_BEHIND.exec(word) ?? []
    this.#close(lead === '' && tail === '' ? NO_SIGNS : { lead, tail })
    return false
  }

  /** Puts some terms of another list into this one, without blanks, as far as they have so many letters. */
  join(list: TermList, { from, to, least }: Range & { readonly least: number }): void {
    for (let index = from; index < to; index += 1) {
      const end = list.begins[index + 1] ?? 0
      for (let at = list.begins[index] ?? 0; at < end; at += 1)
        if (list.units[at] !== BLANK) this.#put(list.units[at] ?? 0)
      if (this.#openLength >= least) this.#close(list.signs.get(index) ?? NO_SIGNS)
      else this.#forget()
    }
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
    if (this.count === this.begins.length) {
      const grown = new Uint32Array(this.begins.length * 2)
      grown.set(this.begins)
      this.begins = grown
    }
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
