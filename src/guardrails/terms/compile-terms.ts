import { toEnd } from '../../kit/steps.ts'
import { Letters } from './letters.ts'
import { createSkeletons } from './look-alikes.ts'
import { TermList, type Range } from './term-list.ts'
import { TermTable } from './term-table.ts'
import { WordBuffer } from './word-buffer.ts'

/** Terms that are taken in at once: about a millisecond. */
export const TERMS_AT_ONCE = 2_048

/** Of letters that stand one by one, so many at least are put together. */
export const LEAST_LETTERS = 3

/** What terms are looked for, and how. */
export interface TermsWanted {
  /** As people write them. */
  readonly words: readonly string[]
  /** Are they found behind look-alikes, digits and signs for letters, and letters that are written apart? */
  readonly evasions: boolean
}

/** Terms as they are looked for. */
export interface CompiledTerms {
  /** Reads texts as the terms were read. */
  readonly buffer: WordBuffer
  readonly table: TermTable
  /** The same terms without blanks, for letters that are written apart. */
  readonly joined?: TermTable
}

/** Takes words in, and compiles them a step at a time, so that others may have their turn in between: a list may have a million. */
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

  /** Compiles all words that were taken in, a step at a time. */
  *finish(): Generator<undefined, CompiledTerms> {
    const list = this.#list
    const table = yield* this.#tableOf(list)
    if (this.#skeletons === undefined) return { buffer: this.#words, table }
    const joined = new TermList(list.length)
    for (const { from, to } of rangesOf(list)) {
      joined.join(list, { from, to, least: LEAST_LETTERS })
      yield
    }
    return { buffer: this.#words, table, joined: yield* this.#tableOf(joined) }
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

/** Compiles words at once. */
export function compileTerms({ words, evasions }: TermsWanted): CompiledTerms {
  let length = 0
  for (const word of words) length += word.length
  const compiler = new TermCompiler(evasions, length)
  for (const word of words) compiler.add(word)
  return toEnd(compiler.finish())
}
