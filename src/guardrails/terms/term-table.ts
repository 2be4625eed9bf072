import { isMeantFor } from './look-alikes.ts'

/** Of hashing: FNV-1a over code units. */
const HASH_BEGIN = 0x81_1c_9d_c5
const HASH_PRIME = 0x01_00_01_93
const BLANK = 0x20
/** Bits for each beginning of a term; at most so many altogether: 16 MB. */
const BITS_EACH = 8
const MOST_BITS = 2 ** 27

/** A term as it is compared: words folded, a blank between two, and what has to stand right before and behind them as it is written. */
export interface Term {
  readonly units: string
  readonly lead: string
  readonly tail: string
}

/** The hash of nothing. */
export const EMPTY_HASH = HASH_BEGIN | 0

/** The hash of what has one unit more. */
export function hashOn(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, HASH_PRIME)
}

/**
 * Terms by the hash of their skeletons (`look-alikes.ts`; without evasions each unit is its own), and all beginnings of terms as bits of a
 * Bloom filter: whether a word can still become a term takes one look, and is never wrongly denied.
 */
export class TermTable {
  readonly #skeletons: Uint16Array | undefined
  readonly #slots: Int32Array
  readonly #units: Uint16Array
  readonly #begins: Uint32Array
  readonly #exact: ReadonlyMap<number, Term>
  readonly #bits: Uint32Array
  readonly #bitMask: number
  /** Units of the longest. */
  readonly longest: number
  /** Characters of the longest signs that have to stand before and behind the words of a term. */
  readonly longestLead: number
  readonly longestTail: number

  /** @param skeletons absent: nothing looks like anything else */
  constructor(terms: readonly Term[], skeletons?: Uint16Array) {
    this.#skeletons = skeletons
    let length = 0
    let longest = 0
    let longestLead = 0
    let longestTail = 0
    for (const { units, lead, tail } of terms) {
      length += units.length
      longest = Math.max(longest, units.length)
      longestLead = Math.max(longestLead, lead.length)
      longestTail = Math.max(longestTail, tail.length)
    }
    this.longest = longest
    this.longestLead = longestLead
    this.longestTail = longestTail
    this.#slots = new Int32Array(powerOver(terms.length * 2))
    this.#units = new Uint16Array(length)
    this.#begins = new Uint32Array(terms.length + 1)
    const bits = Math.min(MOST_BITS, powerOver(length * BITS_EACH))
    this.#bits = new Uint32Array(bits / 32)
    this.#bitMask = bits - 1
    this.#exact = this.#fill(terms)
  }

  /** What stands for a unit and all that look like it. */
  skeletonOf(unit: number): number {
    return this.#skeletons === undefined ? unit : (this.#skeletons[unit] ?? unit)
  }

  /** Can something that begins so, by its hash, become a term, or is it one? */
  canBegin(hash: number): boolean {
    const one = mixed(hash)
    const other = mixed(one)
    return this.#has(one & this.#bitMask) && this.#has(other & this.#bitMask)
  }

  /**
   * The terms that a piece of folded units is.
   *
   * @param hash of the skeletons of the piece
   */
  *find(hash: number, { units, start, end }: Piece): Generator<Term> {
    const mask = this.#slots.length - 1
    for (let slot = mixed(hash) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1
      if (this.#is(index, { units, start, end })) yield this.#exact.get(index) ?? PLAIN
    }
  }

  /** Is there any? */
  mayHold(hash: number): boolean {
    return this.#slots[mixed(hash) & (this.#slots.length - 1)] !== 0
  }

  #is(index: number, { units, start, end }: Piece): boolean {
    const from = this.#begins[index] ?? 0
    const length = (this.#begins[index + 1] ?? 0) - from
    if (length !== end - start) return false
    for (let at = 0; at < length; at += 1) {
      const unit = units[start + at] ?? 0
      const word = this.#units[from + at] ?? 0
      if (unit === word) continue
      if (this.skeletonOf(unit) !== this.skeletonOf(word) || !isMeantFor(unit, word)) return false
    }
    return true
  }

  #fill(terms: readonly Term[]): ReadonlyMap<number, Term> {
    const exact = new Map<number, Term>()
    let at = 0
    let index = 0
    for (const term of terms) {
      const { units, lead, tail } = term
      let hash = EMPTY_HASH
      for (let place = 0; place < units.length; place += 1) {
        const unit = units.charCodeAt(place)
        this.#units[at] = unit
        at += 1
        hash = hashOn(hash, this.skeletonOf(unit))
        this.#mark(hash)
      }
      this.#begins[index + 1] = at
      if (lead !== '' || tail !== '') exact.set(index, term)
      index += 1
      this.#put(hash, index)
    }
    return exact
  }

  #put(hash: number, entry: number): void {
    const mask = this.#slots.length - 1
    let slot = mixed(hash) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry
  }

  #mark(hash: number): void {
    const one = mixed(hash)
    for (const bit of [one & this.#bitMask, mixed(one) & this.#bitMask])
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }

  #has(bit: number): boolean {
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0
  }
}

/** The hash of what goes on with a further word. */
export function hashOfNext(hash: number): number {
  return hashOn(hash, BLANK)
}

/** Units from one place to before another. */
export interface Piece {
  readonly units: Uint16Array
  readonly start: number
  readonly end: number
}

const PLAIN: Term = { units: '', lead: '', tail: '' }

/** FNV leaves its lower bits alike for words that are alike. */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16)
  mix = Math.imul(mix, 0x85_eb_ca_6b)
  mix ^= mix >>> 13
  mix = Math.imul(mix, 0xc2_b2_ae_35)
  return (mix ^ (mix >>> 16)) >>> 0
}

/** The least power of two that is no less, and no less than 64. */
function powerOver(count: number): number {
  return 2 ** Math.max(6, Math.ceil(Math.log2(Math.max(1, count))))
}
