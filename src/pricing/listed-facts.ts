import type { Capabilities } from '../exchange/target.ts'
import type { ListedProvider } from './catalogue.ts'
import { loadGenaiCatalogue } from './genai-catalogue.ts'
import { loadLlmCatalogue } from './llm-catalogue.ts'

/**
 * What lists kept by others know of a model; nothing of one that they do not know. May be slow (tens of microseconds): ask when
 * a target is made.
 */
export type FactLookup = (provider: ListedProvider, model: string) => Capabilities

/** Loads what the lists say of models beside their prices. */
export async function loadListedFacts(): Promise<FactLookup> {
  const [priced, listed] = await Promise.all([loadGenaiCatalogue(), loadLlmCatalogue()])
  return (provider, model) => {
    // What a list states goes before what a price only tells.
    const facts = { ...priced.facts(provider, model), ...listed.facts(provider, model) }
    const { contextTokens } = facts
    return contextTokens === undefined ? facts : { ...facts, contextTokens: atLeast(contextTokens, facts) }
  }
}

/** No question is longer than the context: where the lists disagree one of them is out of date, and the larger excludes less. */
function atLeast(contextTokens: number, { maxInputTokens = 0 }: Capabilities): number {
  return Math.max(contextTokens, maxInputTokens)
}
