import type { Capabilities } from '../exchange/target.ts'

/**
 * What is publicly known of a model, or of a generation of models: facts that come with the product as prices do. The config file
 * has the last word on each of them.
 *
 * A maximum of output is stated only where it is small, because what is known is asked for, and held, where a client says nothing.
 */
export interface ModelFacts {
  /** Matches the provider's name of the model. */
  readonly match: RegExp
  readonly capabilities: Capabilities
}

/** The facts about a model: those of the first entry that matches, none where nothing is known. */
export function factsAbout(model: string, facts: readonly ModelFacts[] = []): Capabilities {
  return facts.find(({ match }) => match.test(model))?.capabilities ?? {}
}
