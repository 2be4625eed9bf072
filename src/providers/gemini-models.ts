import type { ModelFacts } from './model-facts.ts'

/**
 * The models of Google (https://ai.google.dev/gemini-api/docs/thinking): from the third generation on they are told a level of
 * thinking, before it a budget. None can be kept from it by a level.
 */
export const GEMINI_MODELS: readonly ModelFacts[] = [
  { match: /^(?:models\/)?gemini-(?:1|2\.0)/, capabilities: { reasoning: 'none' } },
  { match: /^(?:models\/)?gemini-2\.5/, capabilities: { reasoning: 'budget' } },
  {
    match: /^(?:models\/)?gemini-3(?:\.\d+)?-pro/,
    capabilities: { reasoning: 'effort', efforts: ['low', 'medium', 'high'] },
  },
  {
    match: /^(?:models\/)?gemini-3/,
    capabilities: { reasoning: 'effort', efforts: ['minimal', 'low', 'medium', 'high'] },
  },
]
