import { billedTokens, UNIT_NAMES, type Counts } from '../exchange/units.ts'
import type { Price } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import type { NanoUsd } from '../kit/money.ts'
import { costOf } from '../pricing/cost.ts'

/**
 * What one attempt of several used, in one number that prices have no part in: what the mean of them costs at a price of now; where there is none,
 * its tokens.
 */
export function workOf(usage: Counts, attempts: number, price: Price | undefined): number {
  if (attempts === 0) return 0
  const cost = price === undefined ? undefined : costOf(meanOf(usage, attempts), price)
  if (cost !== undefined && cost > 0n) return Number(cost)
  return (billedTokens(usage, 'input') + billedTokens(usage, 'output')) / attempts
}

/**
 * What caches of a provider saved at a price of now: what the same input had cost without them, less what it costs with them. Below zero where
 * writing cost more than reading saved; undefined where there is no price, or nothing was cached.
 */
export function cachesSaved(usage: Counts, attempts: number, price: Price | undefined): NanoUsd | undefined {
  const { cacheReadTokens, cacheWriteTokens, cacheWriteLongTokens } = usage
  const cached = cacheReadTokens + cacheWriteTokens + cacheWriteLongTokens
  if (price === undefined || attempts === 0 || cached === 0) return undefined
  const plain: Counts = {
    ...usage,
    inputTokens: usage.inputTokens + cached,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    cacheWriteLongTokens: 0,
  }
  const without = costOf(meanOf(plain, attempts), price)
  const withCaches = costOf(meanOf(usage, attempts), price)
  if (without === undefined || withCaches === undefined) return undefined
  return (without - withCaches) * BigInt(attempts)
}

/** One attempt as it was on average: prices that rise with the length of a request go by one, not by the sum of all. */
function meanOf(usage: Counts, attempts: number): Usage {
  return {
    ...NO_USAGE,
    ...Object.fromEntries(UNIT_NAMES.map((unit) => [unit, Math.round((usage[unit] ?? 0) / attempts)])),
  }
}
