/** What was found of answers that were given, or would have been: how many were right, and how many wrong. */
export interface Findings {
  readonly right: number
  readonly wrong: number
}

/** Rates, as shares of the one that is bet against, that are bet on when it is said to be lower; half of the stake is on none at all. */
const LOWER: readonly (readonly [share: number, stake: number])[] = [
  [0, 0.5],
  [0.05, 0.125],
  [0.125, 0.125],
  [0.25, 0.125],
  [0.5, 0.125],
]
/** Multiples of it when it is said to be higher, and rates from 0.1 to 0.6 where they are still higher. */
const HIGHER = [2, 4, 8]
const HIGH_RATES = [0.1, 0.3, 0.6]

/**
 * Evidence that less than `rate` is wrong, as what a stake of 1 has become in bets against the opposite. While at least so much is wrong
 * it exceeds 1/α with a probability of at most α, however often somebody looks (Ville's inequality; Waudby-Smith and Ramdas, "Estimating
 * means of bounded random variables by betting", 2023). It asks of each finding only that it is wrong with such a chance whatever came before.
 */
export function evidenceBelow(rate: number, found: Findings): number {
  let sum = 0
  for (const [share, stake] of LOWER) sum += stake * payoff(rate * share, rate, found)
  return sum
}

/** As much that more than `rate` is wrong. */
export function evidenceAbove(rate: number, found: Findings): number {
  const rates = [...HIGHER.map((times) => times * rate), ...HIGH_RATES].filter((bet) => bet > rate && bet < 1)
  let sum = 0
  for (const bet of rates) sum += payoff(bet, rate, found) / rates.length
  return sum
}

/** What 1 becomes that is bet on one rate against another; the order of the findings does not matter. */
function payoff(bet: number, rate: number, { right, wrong }: Findings): number {
  if (bet === 0 && wrong > 0) return 0
  const lost = wrong === 0 ? 0 : wrong * Math.log(bet / rate)
  return Math.exp(lost + right * Math.log((1 - bet) / (1 - rate)))
}
