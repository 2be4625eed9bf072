import type { Price } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import type { PriceCatalogue } from './catalogue.ts'
import { loadGenaiCatalogue } from './genai-catalogue.ts'
import { pickPrice, type PricePeriod } from './price-period.ts'

/** What models cost. */
export interface PriceBook {
  /**
   * The price of a model at a provider (by the provider's name, or its id in the catalogue) at a time; undefined means
   * unpriced, which is a state and never zero. Some prices depend on the date or the time of day, so ask for the time at
   * which the request began.
   */
  priceOf(provider: string, model: string, atMs: number): Price | undefined
  /** The models of a provider that the catalogue knows. */
  models(provider: string): readonly string[]
}

export interface PriceBookOptions {
  /** Prices by exact `provider/model` that win over the catalogue. */
  readonly overrides: ReadonlyMap<string, Price>
  readonly catalogue: PriceCatalogue
}

/** Clients name models, and the catalogue matches names with patterns: longer names are nobody's. */
const MAX_NAME_CHARACTERS = 300

/** Creates a price book. What the catalogue says of a model is looked up once and remembered, unknown models included. */
export function createPriceBook({ overrides, catalogue }: PriceBookOptions): PriceBook {
  const known = createLru<string, readonly PricePeriod[]>(LIMITS.priceCache)
  return {
    models: (provider) => catalogue.models(provider),
    priceOf(provider, model, atMs) {
      const name = `${provider}/${model}`
      const override = overrides.get(name)
      if (override !== undefined) return override
      if (name.length > MAX_NAME_CHARACTERS) return undefined
      let periods = known.get(name)
      if (periods === undefined) {
        periods = catalogue.find(provider, model) ?? []
        known.set(name, periods)
      }
      return pickPrice(periods, atMs)
    },
  }
}

/** Creates a price book on the catalogue that Gatehouse ships. */
export async function loadPriceBook(overrides: ReadonlyMap<string, Price>): Promise<PriceBook> {
  return createPriceBook({ overrides, catalogue: await loadGenaiCatalogue() })
}
