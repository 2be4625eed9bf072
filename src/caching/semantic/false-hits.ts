import { evidenceAbove, type Findings } from './bets.ts'

/** A range that a rate lies in. */
export interface RateInterval {
  readonly low: number
  readonly high: number
}

/** The share of hits that is audited at first, and how many audits that lasts; then the share of the rest. */
const EARLY_SHARE = 0.1
const EARLY_AUDITS = 200
const LATER_SHARE = 0.03
/** A workload that keeps the bound is turned off with this chance at most, ever. */
const OFF_ALPHA = 0.01

/**
 * What audits have found of hits: a hit is false when the model, asked after all, answers something else. Where more of them are false
 * than may be, the answers are not given any more.
 */
export class FalseHits {
  readonly #epsilon: number
  #right = 0
  #wrong = 0

  /** @param epsilon the share of false hits that may be, 0 to 1 */
  constructor(epsilon: number, before: Findings = { right: 0, wrong: 0 }) {
    this.#epsilon = epsilon
    this.#right = before.right
    this.#wrong = before.wrong
  }

  add(isRight: boolean): void {
    if (isRight) this.#right += 1
    else this.#wrong += 1
  }

  get found(): Findings {
    return { right: this.#right, wrong: this.#wrong }
  }

  get audits(): number {
    return this.#right + this.#wrong
  }

  /** The share of hits that is to be audited. */
  get auditShare(): number {
    return this.audits < EARLY_AUDITS ? EARLY_SHARE : LATER_SHARE
  }

  /** Is it refuted that no more are false than may be? */
  get isRefuted(): boolean {
    return evidenceAbove(this.#epsilon, this.found) >= 1 / OFF_ALPHA
  }

  /** The share that was false, 0 without audits. */
  get rate(): number {
    return this.audits === 0 ? 0 : this.#wrong / this.audits
  }

  /** Where that share lies for all hits, at 95 %. */
  get interval(): RateInterval {
    return exactInterval(this.found, 0.05)
  }
}

/**
 * The interval of Clopper and Pearson ("The use of confidence or fiducial limits", 1934) for the share of wrong ones: it holds the true
 * share with a chance of at least 1 - alpha.
 */
export function exactInterval({ right, wrong }: Findings, alpha: number): RateInterval {
  const low = wrong === 0 ? 0 : rateWhere((rate) => 1 - atMost(wrong - 1, right + wrong, rate) >= alpha / 2)
  const high = right === 0 ? 1 : rateWhere((rate) => atMost(wrong, right + wrong, rate) <= alpha / 2)
  return { low, high }
}

const HALVINGS = 40

/** The lowest rate from which on a condition holds. */
function rateWhere(holds: (rate: number) => boolean): number {
  let [low, high] = [0, 1]
  for (let turn = 0; turn < HALVINGS; turn += 1) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/** The chance of at most `most` among `count`, each with the chance `rate`. O(most). */
function atMost(most: number, count: number, rate: number): number {
  if (rate <= 0) return 1
  if (rate >= 1) return most >= count ? 1 : 0
  const odds = Math.log(rate) - Math.log1p(-rate)
  let term = count * Math.log1p(-rate)
  let sum = Math.exp(term)
  for (let k = 1; k <= most; k += 1) {
    term += Math.log(count - k + 1) - Math.log(k) + odds
    sum += Math.exp(term)
  }
  return Math.min(1, sum)
}
