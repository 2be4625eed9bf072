import { evidenceBelow, type Findings } from './bets.ts'

/** Where bands of similarity begin, as shares of the way from the least that is looked at to 1. */
const BANDS = [0, 0.35, 0.6, 0.8, 0.9] as const
/** Answers that are given too often wrong are given at all with this chance at most, however long it is learned. */
const SERVE_ALPHA = 0.05
/** Each band could be trusted in error. */
const ENOUGH = BANDS.length / SERVE_ALPHA
/** An entry that was wrong so often is not kept. */
const MOST_WRONG = 2

/** What is known of one entry: how near a question has to be. */
export interface EntryTrust {
  /** Nothing below it is served: that is how near a question was whose answer was another. */
  readonly floor: number
  readonly wrong: number
}

/** Of an entry of which nothing is known: it is trusted as others of its partition are. */
export const NO_ENTRY_TRUST: EntryTrust = { floor: 0, wrong: 0 }

/**
 * From which similarity on answers of a partition may be given, learned from what the model has said whenever it was asked although
 * a similar question was known. Nothing may at first. A band is trusted once it is shown, at whatever time somebody looks, that less than
 * `epsilon` of what would be given is wrong; what is nearer is wrong no more often than what is farther, so farther bands speak for nearer ones.
 */
export class SimilarityTrust {
  readonly #epsilon: number
  readonly #least: number
  readonly #bands: { right: number; wrong: number }[]

  /**
   * @param epsilon the share of wrong answers that may be, 0 to 1
   * @param least the least similarity that is looked at
   * @param before what was found in an earlier life, by bands
   */
  constructor(epsilon: number, least: number, before: readonly Findings[] = []) {
    this.#bands = BANDS.map((_from, band) => ({ right: 0, wrong: 0, ...before[band] }))
    this.#epsilon = epsilon
    this.#least = least
  }

  /** The model was asked, and said the same as what was kept, or something else. */
  learn(similarity: number, isRight: boolean): void {
    const band = this.#bands[this.#bandOf(similarity)]
    if (band === undefined) return
    if (isRight) band.right += 1
    else band.wrong += 1
  }

  /** May an entry's answer be given to a question that is so near? */
  allows(similarity: number, { floor }: EntryTrust): boolean {
    if (similarity < this.#least || similarity <= floor) return false
    return this.evidenceFor(similarity) >= ENOUGH
  }

  /** May answers to questions of any nearness be given? What is nearest need not be what was learned of most. */
  get isEarned(): boolean {
    return BANDS.some((_from, band) => this.#evidenceOf(band) >= ENOUGH)
  }

  /** How much speaks for its being right, 100 is enough: the mean over how far back the bands are counted together. */
  evidenceFor(similarity: number): number {
    return this.#evidenceOf(this.#bandOf(similarity))
  }

  #evidenceOf(band: number): number {
    const pool = { right: 0, wrong: 0 }
    let sum = 0
    for (let from = band; from >= 0; from -= 1) {
      pool.right += this.#bands[from]?.right ?? 0
      pool.wrong += this.#bands[from]?.wrong ?? 0
      sum += evidenceBelow(this.#epsilon, pool)
    }
    return sum / (band + 1)
  }

  /** What was found, by bands. */
  get found(): readonly Findings[] {
    return this.#bands
  }

  #bandOf(similarity: number): number {
    const way = (similarity - this.#least) / Math.max(1e-9, 1 - this.#least)
    return Math.max(
      0,
      BANDS.findLastIndex((from) => way >= from),
    )
  }
}

/** What is known of an entry when its answer was another one; undefined where it is not kept any more. */
export function tighten({ floor, wrong }: EntryTrust, similarity: number): EntryTrust | undefined {
  return wrong + 1 >= MOST_WRONG ? undefined : { floor: Math.max(floor, similarity), wrong: wrong + 1 }
}
