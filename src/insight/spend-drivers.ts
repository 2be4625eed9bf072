import type { NanoUsd } from '../kit/money.ts'

/** What one target did in a time. */
export interface SpendGroup {
  readonly name: string
  readonly attempts: number
  readonly costNanoUsd: NanoUsd
  /** What one attempt used, in one number: at prices that are the same for both times, so that prices have no part in it. */
  readonly workPerAttempt: number
}

/** A time, and what was spent in it. */
export interface SpendPeriod {
  /** Requests that somebody was asked for. */
  readonly requests: number
  readonly groups: readonly SpendGroup[]
}

/** What can make a bill another one, in the order in which they are taken away. */
export const SPEND_DRIVERS = ['volume', 'tries', 'mix', 'tokens', 'price'] as const

export type SpendDriver = (typeof SPEND_DRIVERS)[number]

/** What a change of spend is made of. */
export interface SpendSplit {
  readonly beforeNanoUsd: NanoUsd
  readonly afterNanoUsd: NanoUsd
  /** They add up to the change, to the last nano-dollar. */
  readonly byDriver: Readonly<Record<SpendDriver, NanoUsd>>
}

/**
 * Splits the change between two times: what it would have cost had one thing after the other become as it is afterwards. `volume`: as many
 * requests; `tries`: as many attempts for each; `mix`: at the targets of afterwards, each attempt at what one cost there before; `tokens`: as much
 * used by each; `price`: what is left, which is what the same cost then and costs now. The order is a convention (each effect holds what it has
 * in common with later ones); that nothing is lost or told twice is not.
 */
export function splitSpend(before: SpendPeriod, after: SpendPeriod): SpendSplit {
  const levels = [sumOf(before), ...levelsBetween(before, after), sumOf(after)]
  const step = (index: number): NanoUsd => (levels[index + 1] ?? 0n) - (levels[index] ?? 0n)
  return {
    beforeNanoUsd: sumOf(before),
    afterNanoUsd: sumOf(after),
    byDriver: { volume: step(0), tries: step(1), mix: step(2), tokens: step(3), price: step(4) },
  }
}

/** What it would have cost after each driver but the last. From nothing, and to nothing, it is all volume. */
function levelsBetween(before: SpendPeriod, after: SpendPeriod): readonly NanoUsd[] {
  const [attemptsBefore, attemptsAfter] = [attemptsOf(before), attemptsOf(after)]
  const isComparable = before.requests > 0 && attemptsBefore > 0 && after.requests > 0 && attemptsAfter > 0
  if (!isComparable) return [0, 1, 2, 3].map(() => sumOf(after))
  const spent = Number(sumOf(before))
  const known = new Map(before.groups.map((group) => [group.name, group]))
  const volume = (spent * after.requests) / before.requests
  const tries = (spent * attemptsAfter) / attemptsBefore
  let mix = 0
  let tokens = 0
  for (const group of after.groups) {
    const one = costPerAttempt(known.get(group.name) ?? group)
    mix += group.attempts * one
    tokens += group.attempts * one * growth(known.get(group.name), group)
  }
  return [volume, tries, mix, tokens].map((level) => BigInt(Math.round(level)))
}

/** More than this is no growth: the two were measured by something else. */
const MOST_GROWTH = 1e6

/** How much more an attempt uses than it did; one where nobody can say. */
function growth(before: SpendGroup | undefined, after: SpendGroup): number {
  if (before === undefined || before.workPerAttempt <= 0 || after.workPerAttempt <= 0) return 1
  const times = after.workPerAttempt / before.workPerAttempt
  return times <= MOST_GROWTH && times >= 1 / MOST_GROWTH ? times : 1
}

function costPerAttempt({ attempts, costNanoUsd }: SpendGroup): number {
  return attempts === 0 ? 0 : Number(costNanoUsd) / attempts
}

function attemptsOf({ groups }: SpendPeriod): number {
  return groups.reduce((sum, { attempts }) => sum + attempts, 0)
}

function sumOf({ groups }: SpendPeriod): NanoUsd {
  return groups.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)
}
