import type { Found, Looker } from '../looker.ts'
import { compileTerms, LEAST_LETTERS, type CompiledTerms, type TermsWanted } from './compile-terms.ts'
import { EMPTY_HASH, hashOfNext, hashOn } from './hash.ts'
import type { Signs } from './term-list.ts'
import type { TermTable } from './term-table.ts'
import { MOST_UNSEEN, type WordBuffer } from './word-buffer.ts'

/** What may stand between the words of a term, or the letters of one that is written apart. */
const WIDEST_GAP = 8
/** A letter, which may be a pair of surrogates, and all that may stand behind it before the next one. */
const REACH_EACH = 2 + MOST_UNSEEN + WIDEST_GAP
/** What is longer is left alone, in a text that is whole as in one that still comes. */
const LONGEST_REACH = 16_384

const NOTHING: readonly Found[] = []

/** The name of what is found. */
const NAME = 'term'

/**
 * Looks for words and phrases: as whole words, whatever their case, their marks and their form, and however many blanks and hyphens stand
 * between them. Places are those of the text as it is written.
 */
export class TermLooker implements Looker {
  readonly reach: number
  readonly #words: WordBuffer
  readonly #table: TermTable
  /** The same without blanks, for letters that are written apart. */
  readonly #joined: TermTable | undefined

  /** @param wanted words, which are compiled at once, or what was compiled of them */
  constructor(wanted: TermsWanted | CompiledTerms) {
    const { buffer, table, joined } = 'table' in wanted ? wanted : compileTerms(wanted)
    this.#words = buffer
    this.#table = table
    this.#joined = joined
    this.reach = Math.min(LONGEST_REACH, table.longestLead + table.longest * REACH_EACH + table.longestTail)
  }

  look(text: string): readonly Found[] {
    const found: Found[] = []
    this.#words.read(text, { signsAreLetters: false })
    this.#collect(text, found)
    if (this.#joined !== undefined && this.#words.hasSigns) {
      this.#words.read(text, { signsAreLetters: true })
      this.#collect(text, found)
    }
    if (found.length === 0) return NOTHING
    const near = found.filter(({ start, end }) => end - start <= this.reach)
    return this.#joined === undefined ? near : withoutRepeats(near)
  }

  /** What can no longer become a term: mostly all but the word that is being written, and that too where no term begins like it. */
  settled(text: string): number {
    this.#words.read(text, { signsAreLetters: false })
    let settled = Math.min(halfPair(text), this.#settledWords(text))
    if (this.#joined !== undefined) {
      const { hasSigns, endsInSign } = this.#words
      settled = Math.min(settled, this.#settledLetters(this.#joined, text))
      if (hasSigns || endsInSign) {
        this.#words.read(text, { signsAreLetters: true })
        settled = Math.min(settled, this.#settledWords(text))
      }
    }
    return settled
  }

  #collect(text: string, found: Found[]): void {
    const { count } = this.#words
    for (let first = 0; first < count; first += 1) this.#collectFrom(first, text, found)
    if (this.#joined !== undefined) this.#collectLetters(this.#joined, text, found)
  }

  /** Terms that begin with a word. */
  #collectFrom(first: number, text: string, found: Found[]): void {
    const words = this.#words
    const table = this.#table
    let hash = words.hashes[first] ?? EMPTY_HASH
    // Mostly the first word tells that there is none.
    for (let last = first; table.canBegin(hash); hash = this.#hashWord(hash, last)) {
      if (table.mayHold(hash)) {
        const piece = { units: words.units, start: words.starts[first] ?? 0, end: words.ends[last] ?? 0 }
        for (const signs of table.find(hash, piece))
          add(found, text, { from: words.froms[first] ?? 0, to: words.tos[last] ?? 0, signs })
      }
      hash = hashOfNext(hash)
      if (!table.canBegin(hash) || this.#isFarBehind(last)) return
      last += 1
      if (last === words.count) return
    }
  }

  #hashWord(hash: number, word: number): number {
    const { units, starts, ends } = this.#words
    const table = this.#table
    const end = ends[word] ?? 0
    let hashed = hash
    for (let at = starts[word] ?? 0; at < end; at += 1)
      hashed = hashOn(hashed, table.skeletonOf(units[at] ?? 0))
    return hashed
  }

  /** Stands a word further behind the one before it than words of one term do? */
  #isFarBehind(before: number): boolean {
    const { froms, tos, count } = this.#words
    return before + 1 < count && (froms[before + 1] ?? 0) - (tos[before] ?? 0) > WIDEST_GAP
  }

  #isLetter(word: number): boolean {
    const { starts, ends, count } = this.#words
    return word < count && (ends[word] ?? 0) - (starts[word] ?? 0) === 1
  }

  /** Terms whose letters stand apart. */
  #collectLetters(joined: TermTable, text: string, found: Found[]): void {
    const { count, froms, tos } = this.#words
    for (let first = 0; first < count; first += 1) {
      if (!this.#isLetter(first)) continue
      this.#spell(joined, first, (last, terms) => {
        for (const signs of terms) add(found, text, { from: froms[first] ?? 0, to: tos[last] ?? 0, signs })
      })
    }
  }

  /** Spells letters that stand apart, from a place on. Gives whether it came to the end of the text with something that may go on. */
  #spell(joined: TermTable, first: number, onTerms: (last: number, terms: Iterable<Signs>) => void): boolean {
    const { units, starts, count } = this.#words
    const spelt = new Uint16Array(joined.longest)
    let hash = EMPTY_HASH
    for (let last = first; this.#isLetter(last); last += 1) {
      const length = last - first + 1
      const unit = units[starts[last] ?? 0] ?? 0
      spelt[length - 1] = unit
      hash = hashOn(hash, joined.skeletonOf(unit))
      if (!joined.canBegin(hash) || length > joined.longest) return false
      if (length >= LEAST_LETTERS && joined.mayHold(hash))
        onTerms(last, joined.find(hash, { units: spelt, start: 0, end: length }))
      if (last + 1 === count) return true
      if (this.#isFarBehind(last)) return false
    }
    return false
  }

  #settledWords(text: string): number {
    const words = this.#words
    const least = Math.max(0, text.length - this.reach)
    let settled = text.length
    for (let first = words.count - 1; first >= 0 && (words.froms[first] ?? 0) >= least; first -= 1)
      if (this.#mayGoOn(first, text)) settled = words.froms[first] ?? 0
    return beforeSigns(text, settled, this.#table.longestLead)
  }

  /** May what begins with a word still become a term, or reach further? */
  #mayGoOn(first: number, text: string): boolean {
    const words = this.#words
    const table = this.#table
    let hash = EMPTY_HASH
    for (let last = first; last < words.count; last += 1) {
      hash = this.#hashWord(hash, last)
      const isLast = last === words.count - 1
      if (isLast && words.isOpen) return table.canBegin(hash)
      const behind = text.length - (words.tos[last] ?? 0)
      if (behind < table.longestTail && table.canBegin(hash)) return true
      hash = hashOfNext(hash)
      if (!table.canBegin(hash) || this.#isFarBehind(last)) return false
      if (isLast) return behind <= WIDEST_GAP
    }
    return false
  }

  #settledLetters(joined: TermTable, text: string): number {
    const { count, froms, tos, isOpen } = this.#words
    // Too far behind the last letter for another one, and for signs behind it.
    const behind = text.length - (tos[count - 1] ?? 0)
    if (!isOpen && behind > WIDEST_GAP && behind >= joined.longestTail) return text.length
    let settled = text.length
    for (let first = count - 1; this.#isLetter(first) && count - first <= joined.longest; first -= 1)
      if (this.#spell(joined, first, () => undefined)) settled = froms[first] ?? 0
    return beforeSigns(text, settled, joined.longestLead)
  }
}

interface Match {
  readonly from: number
  readonly to: number
  readonly signs: Signs
}

function add(found: Found[], text: string, { from, to, signs: { lead, tail } }: Match): void {
  const start = from - lead.length
  const end = to + tail.length
  if (lead !== '' && (start < 0 || text.slice(start, from) !== lead)) return
  if (tail !== '' && text.slice(to, end) !== tail) return
  found.push({ start, end, name: NAME })
}

/** Half a pair of surrogates at the end is not settled. */
function halfPair(text: string): number {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd8_00 && last <= 0xdb_ff ? text.length - 1 : text.length
}

/** Where signs begin that may belong to a term which begins at a place. */
function beforeSigns(text: string, place: number, longest: number): number {
  let at = place
  while (at > 0 && place - at < longest && BEFORE.test(text.charAt(at - 1))) at -= 1
  return at
}

/** Each place once: the first look at a text has mostly seen what the second sees. */
function withoutRepeats(found: readonly Found[]): readonly Found[] {
  const seen = new Set<string>()
  return found.filter(({ start, end }) => {
    const place = `${start}-${end}`
    if (seen.has(place)) return false
    seen.add(place)
    return true
  })
}

/** Signs that belong to a term, such as those of `C++` and `.NET`. */
const BEFORE = /[.#@$+]/
