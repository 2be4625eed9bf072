import { EMPTY_HASH, hashOn } from './hash.ts'
import { isSignForLetter, ITSELF } from './look-alikes.ts'
import { BETWEEN, LetterClass, type Letters } from './letters.ts'

const BLANK = 0x20
/**
 * So many marks and characters that cannot be seen may stand behind a letter; more end its word. Fewer than a look knows of the text before
 * a place, so that a word begins at the same place whether the text is whole or still comes.
 */
export const MOST_UNSEEN = 64

/** How a text is cut into words. */
export interface ReadOptions {
  /** Are `@`, `$`, `!` and `|` letters between two letters? */
  readonly signsAreLetters: boolean
}

/**
 * The words of a text, folded, one blank between two of them, and where each stands in the text. It is filled anew for each text, so that
 * nothing is made for it: a text is looked at at once.
 */
export class WordBuffer {
  units = new Uint16Array(1_024)
  /** Of each word: where it begins and ends in `units`, and in the text. */
  starts = new Int32Array(256)
  ends = new Int32Array(256)
  froms = new Int32Array(256)
  tos = new Int32Array(256)
  /** Of each word: the hash of the skeletons of its units. */
  hashes = new Int32Array(256)
  count = 0
  /** True where the text ends in a word, which may go on. */
  isOpen = false
  /** True where a sign stands between two letters that could be one. */
  hasSigns = false
  /** True where the text ends in a letter and such a sign. */
  endsInSign = false
  #length = 0
  /** Where in the text the last letter ends. */
  #letterEnd = 0

  readonly #letters: Letters
  readonly #skeletons: Uint16Array

  /** @param skeletons by the unit, what stands for all that look like it */
  constructor(letters: Letters, skeletons: Uint16Array = ITSELF) {
    this.#letters = letters
    this.#skeletons = skeletons
  }

  /** How many units there are. */
  get length(): number {
    return this.#length
  }

  /** Reads a text in place of the last one. */
  read(text: string, options: ReadOptions): void {
    this.count = 0
    this.#length = 0
    this.#letterEnd = 0
    this.isOpen = false
    this.hasSigns = false
    this.endsInSign = false
    for (let at = 0; at < text.length;) {
      at = this.#readPlain(text, at)
      if (at < text.length) at = this.#readOther(text, at, options)
    }
  }

  /** Reads on as long as it is plain what a character is, and there is room for words: mostly to the end. Gives where that is. */
  #readPlain(text: string, from: number): number {
    this.#makeRoom(2 * (text.length - from))
    const { plain } = this.#letters
    const skeletons = this.#skeletons
    const { units, starts, ends, froms, tos, hashes } = this
    const lastWord = starts.length - 1
    let { isOpen } = this
    let word = this.count - 1
    let length = this.#length
    let hash = isOpen ? (hashes[word] ?? 0) : 0
    let at = from
    for (; at < text.length && word < lastWord; at += 1) {
      const folded = plain[text.charCodeAt(at)] ?? 0
      if (folded > BETWEEN) {
        if (!isOpen) {
          word += 1
          units[length] = BLANK
          length += word === 0 ? 0 : 1
          starts[word] = length
          froms[word] = at
          hash = EMPTY_HASH
          isOpen = true
        }
        units[length] = folded
        length += 1
        hash = hashOn(hash, skeletons[folded] ?? 0)
      } else if (folded === 0) break
      else if (isOpen) {
        ends[word] = length
        tos[word] = at
        hashes[word] = hash
        isOpen = false
      }
    }
    if (isOpen) {
      ends[word] = length
      tos[word] = at
      hashes[word] = hash
    }
    // Where it read on, what it read last of an open word is a letter.
    if (isOpen && at > from) this.#letterEnd = at
    this.isOpen = isOpen
    this.count = word + 1
    this.#length = length
    return at
  }

  /** What is no plain letter, and does not plainly stand between words. Gives where it ends. */
  #readOther(text: string, at: number, { signsAreLetters }: ReadOptions): number {
    const unit = text.charCodeAt(at)
    if (unit >= 0xd8_00 && unit <= 0xdf_ff) return this.#readPair(text, at)
    const letterClass = this.#letters.classOf(unit)
    if (letterClass === LetterClass.letter) this.#add({ unit, at })
    else if (letterClass === LetterClass.between) this.#readSign(text, at, signsAreLetters)
    else this.#addOther(unit, { at, length: 1 })
    return at + 1
  }

  #readSign(text: string, at: number, isLetter: boolean): void {
    const unit = text.charCodeAt(at)
    const isSign = this.isOpen && isSignForLetter(unit)
    if (isSign && at === text.length - 1) this.endsInSign = true
    const isBetween = isSign && isBeforeLetter(text, at, this.#letters)
    if (isBetween) this.hasSigns = true
    if (isBetween && isLetter) this.#write(unit, at + 1)
    else this.isOpen = false
  }

  /** A letter: mostly one unit. */
  #add({ unit, at }: { readonly unit: number; readonly at: number }): void {
    if (!this.isOpen) this.#open(at)
    this.#writeAll(this.#letters.fold(unit).units, at + 1)
  }

  #addOther(point: number, { at, length }: Place): void {
    const { letterClass, units } = this.#letters.fold(point)
    if (letterClass === LetterClass.nothing) {
      if (at + length - this.#letterEnd > MOST_UNSEEN) this.isOpen = false
      if (this.isOpen) this.tos[this.count - 1] = at + length
      return
    }
    if (letterClass === LetterClass.between) {
      this.isOpen = false
      return
    }
    if (letterClass === LetterClass.alone || !this.isOpen) this.#open(at)
    this.#writeAll(units, at + length)
    this.isOpen = letterClass === LetterClass.letter
  }

  /** A pair of surrogates; gives where it ends. Half a pair stands between words, but may still become a whole one at the end. */
  #readPair(text: string, at: number): number {
    const point = text.codePointAt(at) ?? 0
    if (point > 0xff_ff) {
      this.#addOther(point, { at, length: 2 })
      return at + 2
    }
    if (at < text.length - 1) this.isOpen = false
    return at + 1
  }

  #open(at: number): void {
    if (this.count === this.starts.length) this.#growWords()
    if (this.count > 0) this.#put(BLANK)
    this.starts[this.count] = this.#length
    this.ends[this.count] = this.#length
    this.froms[this.count] = at
    this.tos[this.count] = at
    this.hashes[this.count] = EMPTY_HASH
    this.count += 1
    this.isOpen = true
  }

  #write(unit: number, to: number): void {
    this.#put(unit)
    const word = this.count - 1
    this.ends[word] = this.#length
    this.tos[word] = to
    this.#letterEnd = to
    this.hashes[word] = hashOn(this.hashes[word] ?? EMPTY_HASH, this.#skeletons[unit] ?? 0)
  }

  #writeAll(units: string, to: number): void {
    for (let at = 0; at < units.length; at += 1) this.#write(units.charCodeAt(at), to)
  }

  #put(unit: number): void {
    this.#makeRoom(1)
    this.units[this.#length] = unit
    this.#length += 1
  }

  #makeRoom(count: number): void {
    const needed = this.#length + count
    if (needed <= this.units.length) return
    const grown = new Uint16Array(Math.max(needed, this.units.length * 2))
    grown.set(this.units)
    this.units = grown
  }

  #growWords(): void {
    this.starts = doubled(this.starts)
    this.ends = doubled(this.ends)
    this.froms = doubled(this.froms)
    this.tos = doubled(this.tos)
    this.hashes = doubled(this.hashes)
  }
}

interface Place {
  readonly at: number
  readonly length: number
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2)
  grown.set(array)
  return grown
}

function isBeforeLetter(text: string, at: number, letters: Letters): boolean {
  const next = text.charCodeAt(at + 1)
  return next < 0xd8_00 && letters.classOf(next) === LetterClass.letter
}
