import { isSignForLetter } from './look-alikes.ts'
import { LetterClass, type Letters } from './letters.ts'

const BLANK = 0x20

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
  count = 0
  /** True where the text ends in a word, which may go on. */
  isOpen = false
  #length = 0

  readonly #letters: Letters

  constructor(letters: Letters) {
    this.#letters = letters
  }

  /** Reads a text in place of the last one. */
  read(text: string, { signsAreLetters }: ReadOptions): void {
    this.count = 0
    this.#length = 0
    this.isOpen = false
    const letters = this.#letters
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      if (unit >= 0xd8_00 && unit <= 0xdf_ff) {
        at = this.#readPair(text, at)
        continue
      }
      const letterClass = letters.classOf(unit)
      if (letterClass === LetterClass.letter) this.#add(letters.unitOf(unit), { unit, at, length: 1 })
      else if (letterClass === LetterClass.between) {
        if (signsAreLetters && this.isOpen && isSignForLetter(unit) && isBeforeLetter(text, at, letters))
          this.#write(unit, at + 1)
        else this.isOpen = false
      } else this.#addOther(unit, { at, length: 1 })
    }
  }

  /** A letter: mostly one unit. */
  #add(folded: number, { unit, at, length }: Place & { readonly unit: number }): void {
    if (!this.isOpen) this.#open(at)
    if (folded > 0) this.#write(folded, at + length)
    else this.#writeAll(this.#letters.fold(unit).units, at + length)
  }

  #addOther(point: number, { at, length }: Place): void {
    const { letterClass, units } = this.#letters.fold(point)
    if (letterClass === LetterClass.nothing) {
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
      return at + 1
    }
    if (at < text.length - 1) this.isOpen = false
    return at
  }

  #open(at: number): void {
    if (this.count === this.starts.length) this.#growWords()
    if (this.count > 0) this.#put(BLANK)
    this.starts[this.count] = this.#length
    this.ends[this.count] = this.#length
    this.froms[this.count] = at
    this.tos[this.count] = at
    this.count += 1
    this.isOpen = true
  }

  #write(unit: number, to: number): void {
    this.#put(unit)
    this.ends[this.count - 1] = this.#length
    this.tos[this.count - 1] = to
  }

  #writeAll(units: string, to: number): void {
    for (let at = 0; at < units.length; at += 1) this.#write(units.charCodeAt(at), to)
  }

  #put(unit: number): void {
    if (this.#length === this.units.length) {
      const grown = new Uint16Array(this.units.length * 2)
      grown.set(this.units)
      this.units = grown
    }
    this.units[this.#length] = unit
    this.#length += 1
  }

  #growWords(): void {
    this.starts = doubled(this.starts)
    this.ends = doubled(this.ends)
    this.froms = doubled(this.froms)
    this.tos = doubled(this.tos)
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
