import { LIMITS } from '../../kit/limits.ts'

/** Nothing so long is said twice in a row by chance. */
const SURELY_REPEATED = 10
const LETTER = /[\p{L}\p{N}]/u
const BLANK = /^\s+$/

/**
 * Leaves out what a model that goes on with a text says of it once more: an exact repetition of its end. A model that was told to go
 * on likes to begin with the last sentence, or with the word that was cut in two; one that takes the beginning of an answer as its
 * own does not, but may have been given it without the blanks at its end. What is only alike stays.
 */
export class Overlap {
  readonly #tail: string
  readonly #isOwn: boolean
  #held = ''
  #isOver = false

  /**
   * @param text all that was said before
   * @param isOwn true where the model has the text for its own, and repeats no words
   */
  constructor(text: string, isOwn: boolean) {
    this.#tail = text.slice(-LIMITS.overlapCharacters)
    this.#isOwn = isOwn
  }

  /** What is to be said of a further piece; nothing as long as all that came may be a repetition. */
  push(piece: string): string {
    if (this.#isOver) return piece
    this.#held += piece
    return this.#mayBeLonger() ? '' : this.end()
  }

  /** What was held, without the repetition. Nothing is held from now on. */
  end(): string {
    const held = this.#held
    this.#isOver = true
    this.#held = ''
    return held.slice(this.#repeatedIn(held))
  }

  /** Is what came the beginning of a longer piece of the end of the text? */
  #mayBeLonger(): boolean {
    const held = this.#held
    const tail = this.#tail
    for (let at = tail.indexOf(held); at >= 0; at = tail.indexOf(held, at + 1))
      if (tail.length - at > held.length) return true
    return held === ''
  }

  #repeatedIn(held: string): number {
    for (let length = Math.min(held.length, this.#tail.length); length > 0; length -= 1) {
      if (this.#tail.endsWith(held.slice(0, length)) && this.#isRepetition(held, length)) return length
    }
    return 0
  }

  #isRepetition(held: string, length: number): boolean {
    const piece = held.slice(0, length)
    if (BLANK.test(piece)) return true
    if (this.#isOwn) return false
    return length >= SURELY_REPEATED || this.#isWordAgain(piece)
  }

  /** A word that was said, or begun, is said from its beginning: the two would run into each other. */
  #isWordAgain(piece: string): boolean {
    const before = this.#tail.at(-piece.length - 1) ?? ' '
    return LETTER.test(piece.charAt(0)) && LETTER.test(piece.slice(-1)) && !LETTER.test(before)
  }
}
