import { EMPTY_HASH, hashOn, mixed } from './hash.ts'
import { isMeantFor, ITSELF } from './look-alikes.ts'
import { NO_SIGNS, type Range, type Signs, type TermList } from './term-list.ts'

/** Bits for each beginning of a term; at most so many altogether: 16 MB. */
const BITS_EACH = 16
const MOST_BITS = 2 ** 27
/** Both bits of a beginning stand in one line of the processor's cache: of its 512 bits the second is chosen by so many bits of a hash. */
const LINE_WORDS = 16
const LINE_SHIFT = 32 - 9
const SPREAD = 0x9e_37_79_b1

/** Units from one place to before another. */
export interface Piece {
  readonly units: Uint16Array
  readonly start: number
  readonly end: number
}

/**
 * Terms by the hash of their skeletons (`look-alikes.ts`; without evasions each unit is its own), and all beginnings of terms as bits of a
 * Bloom filter: whether a word can still become a term takes one look, and is never wrongly denied.
 */
export class TermTable {
  readonly #skeletons: Uint16Array
  readonly #list: TermList
  readonly #slots: Int32Array
  readonly #slotMask: number
  readonly #bits: Int32Array
  readonly #bitMask: number

  /** Hashes of the beginnings of the term before: what begins alike is marked already, and lists are mostly in order. */
  readonly #hashes: Int32Array

  /**
   * A table of a list that is whole; it holds what it is filled with.
   *
   * @param skeletons absent: nothing looks like anything else
   */
  constructor(list: TermList, skeletons: Uint16Array = ITSELF) {
    this.#skeletons = skeletons
    this.#list = list
    this.#slots = new Int32Array(powerOver(list.count * 2))
    this.#slotMask = this.#slots.length - 1
    const bits = Math.min(MOST_BITS, powerOver(list.length * BITS_EACH))
    this.#bits = new Int32Array(bits / 32)
    this.#bitMask = bits - 1
    this.#hashes = new Int32Array(list.longest + 1)
    this.#hashes[0] = EMPTY_HASH
  }

  /** Units of the longest. */
  get longest(): number {
    return this.#list.longest
  }

  /** Characters of the longest signs that have to stand before the words of a term. */
  get longestLead(): number {
    return this.#list.longestLead
  }

  /** And behind them. */
  get longestTail(): number {
    return this.#list.longestTail
  }

  /** Takes in some of the terms; all of them, in their order, one after the other. */
  fill({ from, to }: Range): void {
    const { begins } = this.#list
    for (let index = from; index < to; index += 1) {
      const start = begins[index] ?? 0
      const end = begins[index + 1] ?? 0
      const hashes = this.#hashes
      let at = this.#sameAsBefore(index)
      let hash = hashes[at] ?? EMPTY_HASH
      for (; start + at < end; at += 1) {
        hash = hashOn(hash, this.#skeletons[this.#list.units[start + at] ?? 0] ?? 0)
        hashes[at + 1] = hash
        this.#mark(hash)
      }
      this.#put(hash, index)
    }
  }

  /** How many units a term begins with like the one before it. */
  #sameAsBefore(index: number): number {
    if (index === 0) return 0
    const { begins, units } = this.#list
    const before = begins[index - 1] ?? 0
    const from = begins[index] ?? 0
    const most = Math.min(from - before, (begins[index + 1] ?? 0) - from)
    let same = 0
    while (same < most && units[before + same] === units[from + same]) same += 1
    return same
  }

  /** What stands for a unit and all that look like it. */
  skeletonOf(unit: number): number {
    return this.#skeletons[unit] ?? unit
  }

  /** Can something that begins so, by its hash, become a term, or is it one? */
  canBegin(hash: number): boolean {
    const bit = mixed(hash) & this.#bitMask
    const word = bit >>> 5
    if ((((this.#bits[word] ?? 0) >>> (bit & 31)) & 1) === 0) return false
    const other = Math.imul(bit ^ hash, SPREAD) >>> LINE_SHIFT
    return (((this.#bits[otherWord(word, other)] ?? 0) >>> (other & 31)) & 1) === 1
  }

  /**
   * What has to stand beside each of the terms that a piece of folded units is.
   *
   * @param hash of the skeletons of the piece
   */
  *find(hash: number, piece: Piece): Generator<Signs> {
    const mask = this.#slotMask
    for (let slot = mixed(hash) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1
      if (this.#is(index, piece)) yield this.#list.signs.get(index) ?? NO_SIGNS
    }
  }

  /** Is there any? */
  mayHold(hash: number): boolean {
    return this.#slots[mixed(hash) & this.#slotMask] !== 0
  }

  #is(index: number, { units, start, end }: Piece): boolean {
    const { begins, units: words } = this.#list
    const from = begins[index] ?? 0
    const length = (begins[index + 1] ?? 0) - from
    if (length !== end - start) return false
    for (let at = 0; at < length; at += 1) {
      const unit = units[start + at] ?? 0
      const word = words[from + at] ?? 0
      if (unit === word) continue
      if (this.skeletonOf(unit) !== this.skeletonOf(word) || !isMeantFor(unit, word)) return false
    }
    return true
  }

  /** One that is there already is left out. */
  #put(hash: number, index: number): void {
    const mask = this.#slotMask
    let slot = mixed(hash) & mask
    for (let other = this.#slots[slot] ?? 0; other !== 0; other = this.#slots[slot] ?? 0) {
      if (this.#isSame(other - 1, index)) return
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = index + 1
  }

  #isSame(index: number, other: number): boolean {
    const { begins, units, signs } = this.#list
    const from = begins[index] ?? 0
    const otherFrom = begins[other] ?? 0
    const length = (begins[index + 1] ?? 0) - from
    if (length !== (begins[other + 1] ?? 0) - otherFrom) return false
    for (let at = 0; at < length; at += 1) if (units[from + at] !== units[otherFrom + at]) return false
    const { lead, tail } = signs.get(index) ?? NO_SIGNS
    const { lead: otherLead, tail: otherTail } = signs.get(other) ?? NO_SIGNS
    return lead === otherLead && tail === otherTail
  }

  #mark(hash: number): void {
    const bits = this.#bits
    const bit = mixed(hash) & this.#bitMask
    const word = bit >>> 5
    bits[word] = (bits[word] ?? 0) | (1 << (bit & 31))
    const other = Math.imul(bit ^ hash, SPREAD) >>> LINE_SHIFT
    const otherAt = otherWord(word, other)
    bits[otherAt] = (bits[otherAt] ?? 0) | (1 << (other & 31))
  }
}

function otherWord(word: number, other: number): number {
  return (word & -LINE_WORDS) | (other >>> 5)
}

/** The least power of two that is no less, and no less than a line. */
function powerOver(count: number): number {
  return 2 ** Math.max(9, Math.ceil(Math.log2(Math.max(1, count))))
}
