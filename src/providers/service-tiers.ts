import type { ServiceTier } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'

/** What service costs that is not the usual one, for some of a provider's models. */
export interface ServiceTierRow {
  /** The word with which the provider tells that it was given. */
  readonly tier: string
  /** The models that have it, by their names at the provider; all when absent. */
  readonly models?: RegExp
  /** A multiple of the usual price. */
  readonly times: readonly [numerator: bigint, denominator: bigint]
  readonly onlyAsked?: boolean
}

/** The tiers of service of a model whose price is a provider's list price; undefined when none is known. */
export function serviceTiersOf(
  rows: readonly ServiceTierRow[] | undefined,
  model: string,
): ReadonlyMap<string, ServiceTier> | undefined {
  const tiers = new Map<string, ServiceTier>()
  for (const { tier, models, times, onlyAsked } of rows ?? []) {
    if (models !== undefined && !models.test(model)) continue
    tiers.set(tier, { price: { times }, ...defined({ onlyAsked }) })
  }
  return tiers.size === 0 ? undefined : tiers
}
