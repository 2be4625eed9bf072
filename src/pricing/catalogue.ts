import type { PricePeriod } from './price-period.ts'

/** A collection of list prices kept by others. */
export interface PriceCatalogue {
  /**
   * The prices of a model at a provider, in the order of `pickPrice`; undefined when the catalogue does not know them.
   * May be slow (tens of microseconds): the price book remembers the answer.
   */
  find(provider: string, model: string): readonly PricePeriod[] | undefined
  /** The tokens that question and answer of a model share; undefined where the catalogue does not know. */
  contextTokens(provider: string, model: string): number | undefined
  /** The models of a provider, by the names that the provider gives them; none for one that is not known. */
  models(provider: string): readonly string[]
}
