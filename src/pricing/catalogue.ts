import type { Capabilities } from '../exchange/target.ts'
import type { PricePeriod } from './price-period.ts'

/** Who serves a model, as lists that are kept by others name them. */
export interface ListedProvider {
  /** The provider's own name. */
  readonly name: string
  /** Its id in the price catalogue, where it differs. */
  readonly priceId?: string
}

/** A collection of list prices, and of what they tell of models, that others keep. */
export interface PriceCatalogue {
  /**
   * The prices of a model at a provider, in the order of `pickPrice`; undefined when the catalogue does not know them.
   * May be slow (tens of microseconds): the price book remembers the answer.
   */
  find(provider: ListedProvider, model: string): readonly PricePeriod[] | undefined
  /** What it says of the model beside its price; nothing of one that it does not know. As slow. */
  facts(provider: ListedProvider, model: string): Capabilities
}

/** A catalogue that tells which models a provider has. */
export interface ModelCatalogue extends PriceCatalogue {
  /** The models of a provider, by the names that the provider gives them; none for one that is not known. */
  models(provider: ListedProvider): readonly string[]
}
