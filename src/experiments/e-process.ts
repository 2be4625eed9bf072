/** Strength of the prior on either side: it was as quick as the best rules in trials, and errs less than a flat one. */
const PRIOR = 10

/**
 * Evidence that one of two is worse, by pairs of which exactly one is bad. While neither is worse it exceeds 1/α with a probability of
 * at most α, however often somebody looks (Ville): that is what fixed tests do not give. A Beta(10, 10) mixture of bets against a coin.
 */
export class PairedEvidence {
  #worse = 0
  #better = 0
  #log = 0

  /** A pair of which only the one in question is bad, or only the other. */
  add(isWorse: boolean): void {
    const seen = isWorse ? this.#worse : this.#better
    this.#log += Math.log((2 * (PRIOR + seen)) / (2 * PRIOR + this.#worse + this.#better))
    if (isWorse) this.#worse += 1
    else this.#better += 1
  }

  /** How much speaks for its being worse; evidence for the opposite is none. */
  get value(): number {
    return this.#worse > this.#better ? Math.exp(this.#log) : 1
  }
}

/** Under the hypothesis and under the bet against it. */
const USUAL_SHARE = 0.05
const BET_SHARE = 0.2

/** Evidence that something is exceeded more often than in one of twenty cases; exceeds 1/α with a probability of at most α while it is not. */
export class ExcessEvidence {
  #log = 0

  add(exceeds: boolean): void {
    this.#log += exceeds ? Math.log(BET_SHARE / USUAL_SHARE) : Math.log((1 - BET_SHARE) / (1 - USUAL_SHARE))
  }

  get value(): number {
    return Math.exp(this.#log)
  }
}
