import { Letters } from './letters.ts'
import { createSkeletons } from './look-alikes.ts'
import { LEAST_LETTERS, TermLooker } from './look-for-terms.ts'
import { TermList, type Range } from './term-list.ts'
import { TermTable } from './term-table.ts'
import { WordBuffer } from './word-buffer.ts'

/** Terms that are taken in at once: about a millisecond. */
export const TERMS_AT_ONCE = 2_048

/** Takes words in, and makes a looker of them, so that others may have their turn in between: a list may have a million. */
export class TermCompiler {
  readonly #skeletons: Uint16Array | undefined
  readonly #words: WordBuffer
  readonly #list: TermList

  /**
   * @param evasions are terms found behind look-alikes, digits and signs for letters, and letters that are written apart?
   * @param length characters of all words, about
   */
  constructor(evasions: boolean, length: number) {
    this.#skeletons = evasions ? createSkeletons() : undefined
    this.#words = new WordBuffer(new Letters(), this.#skeletons)
    this.#list = new TermList(length)
  }

  /** Takes in a word or a phrase, as people write it. Gives whether it is plain: letters and digits of ASCII. */
  add(word: string): boolean {
    return this.#list.read(word, this.#words)
  }

  /** Makes a looker of all words, a step at a time. */
  *finish(): Generator<undefined, TermLooker> {
    const list = this.#list
    const table = yield* this.#tableOf(list)
    if (this.#skeletons === undefined) return new TermLooker({ words: this.#words, table })
    const joined = new TermList(list.length)
    for (const { from, to } of rangesOf(list)) {
      joined.join(list, { from, to, least: LEAST_LETTERS })
      yield
    }
    return new TermLooker({ words: this.#words, table, joined: yield* this.#tableOf(joined) })
  }

  *#tableOf(list: TermList): Generator<undefined, TermTable> {
    const table = new TermTable(list, this.#skeletons)
    for (const range of rangesOf(list)) {
      table.fill(range)
      yield
    }
    return table
  }
}

function* rangesOf({ count }: TermList): Generator<Range> {
  for (let from = 0; from < count; from += TERMS_AT_ONCE)
    yield { from, to: Math.min(count, from + TERMS_AT_ONCE) }
}

/** A looker for words, made at once: for short lists. */
export function compileTerms(words: readonly string[], evasions: boolean): TermLooker {
  const compiler = new TermCompiler(
    evasions,
    words.reduce((length, word) => length + word.length, 0),
  )
  for (const word of words) compiler.add(word)
  const steps = compiler.finish()
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}
