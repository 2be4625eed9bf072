import type { Price } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'
import type { ListedProvider, ModelCatalogue, PriceCatalogue } from './catalogue.ts'
import { loadGenaiCatalogue } from './genai-catalogue.ts'
import { loadLlmCatalogue } from './llm-catalogue.ts'
import { pickPrice, type PricePeriod } from './price-period.ts'

/** What models cost. */
export interface PriceBook {
  /**
   * The price of a model at a provider at a time; undefined means unpriced, which is a state and never zero. Some prices depend on
   * the date or the time of day, so ask for the time at which the request began.
   */
  priceOf(provider: ListedProvider, model: string, atMs: number): Price | undefined
  /** The models of a provider that the first catalogue knows. */
  models(provider: ListedProvider): readonly string[]
}

/** Clients name models, and a catalogue matches names with patterns: longer names are nobody's. */
const MAX_NAME_CHARACTERS = 300

/**
 * Creates a price book. What the catalogues say of a model is looked up once and remembered, unknown models included.
 *
 * @param catalogue goes before the other, which says what it does not know
 */
export function createPriceBook(catalogue: ModelCatalogue, other: PriceCatalogue): PriceBook {
  const known = createLru<string, readonly PricePeriod[]>(LIMITS.priceCache)
  const find = (provider: ListedProvider, model: string): readonly PricePeriod[] => {
    const further = other.find(provider, model)
    const periods = catalogue.find(provider, model)
    if (periods === undefined) return further ?? []
    const price = further?.[0]?.price
    return price === undefined ? periods : periods.map((period) => withTiers(period, price))
  }
  return {
    models: (provider) => catalogue.models(provider),
    priceOf(provider, model, atMs) {
      const name = `${provider.name}/${model}`
      if (name.length > MAX_NAME_CHARACTERS) return undefined
      let periods = known.get(name)
      if (periods === undefined) {
        periods = find(provider, model)
        known.set(name, periods)
      }
      return pickPrice(periods, atMs)
    },
  }
}

/** What long contexts cost, where only the other catalogue knows it and the two agree on short ones. */
function withTiers(period: PricePeriod, { id, input, output, tiers }: Price): PricePeriod {
  const { price } = period
  const isMore = price.tiers === undefined && tiers !== undefined
  if (!isMore || price.input !== input || price.output !== output) return period
  return { ...period, price: { ...price, id: `${price.id}+${id}`, tiers } }
}

/** Creates a price book on the catalogues that Gatehouse ships. */
export async function loadPriceBook(): Promise<PriceBook> {
  const [catalogue, other] = await Promise.all([loadGenaiCatalogue(), loadLlmCatalogue()])
  return createPriceBook(catalogue, other)
}
