import { LIMITS } from '../../kit/limits.ts'
import { HookFailure } from './letter.ts'
import type { Portion } from '../portions.ts'
import type { Seen } from './seen.ts'

/** Looks up words that a server has found without saying where. It looks for few of them: each costs a walk through the texts. */
export class WordLookUp {
  readonly #portions: readonly Portion[]
  readonly #asked = new Set<string>()
  #places = 0

  constructor(portions: readonly Portion[]) {
    this.#portions = portions
  }

  /**
   * Wherever the words stand, or somewhere where they stand nowhere as they are; nothing where that was told before. Throws HookFailure
   * where there is too much of it.
   *
   * @param name how the server calls what it has found
   * @param within the one text in which they stand; absent: all of them
   */
  find(name: string, words: string, within?: Portion): readonly Seen[] {
    const key = JSON.stringify([name, words, within === undefined ? '' : this.#portions.indexOf(within)])
    if (this.#asked.has(key)) return []
    this.#asked.add(key)
    if (this.#asked.size > LIMITS.hookWords) throw new HookFailure(TOO_MUCH)
    const portions = within === undefined ? this.#portions : [within]
    const seen = portions.flatMap((portion) => this.#seenIn(portion, name, words))
    return seen.length === 0 ? [{ name }] : seen
  }

  #seenIn(portion: Portion, name: string, words: string): readonly Seen[] {
    const seen: Seen[] = []
    if (words === '') return seen
    const next = (from: number): number => portion.words.indexOf(words, from)
    for (let start = next(0); start >= 0; start = next(start + words.length)) {
      this.#places += 1
      if (this.#places > LIMITS.hookFindings) throw new HookFailure(TOO_MUCH)
      seen.push({ name, place: { portion, start, end: start + words.length } })
    }
    return seen
  }
}

const TOO_MUCH = 'it has found more than can be looked up'
