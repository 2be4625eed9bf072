import type { ModelFacts } from './model-facts.ts'
import type { Retirement } from './retirements.ts'

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

/** https://ai.google.dev/gemini-api/docs/deprecations, November 2026. */
export const GEMINI_RETIREMENTS: readonly Retirement[] = [
  { models: /^(?:models\/)?gemini-2\.0-flash/, on: '2026-06-01' },
  { models: /^(?:models\/)?gemini-3-pro-preview$/, on: '2026-03-09', successor: 'gemini-3.1-pro-preview' },
  { models: /^(?:models\/)?gemini-2\.5-pro$/, on: '2026-12-01', successor: 'gemini-3.8-flash' },
  { models: /^(?:models\/)?gemini-2\.5-flash$/, on: '2026-12-01', successor: 'gemini-3.5-flash-lite' },
]
