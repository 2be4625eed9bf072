import { SILENT, TEXT_ONLY, type ModelFacts } from './model-facts.ts'
import type { Retirement } from './retirements.ts'

/**
 * The models of Anthropic (https://docs.anthropic.com/en/docs/about-claude/models, and the guides to extended thinking, adaptive
 * thinking and effort). A name that is not known yet is taken for one of the newest generation, which takes the least.
 */
const GENERATIONS: readonly ModelFacts[] = [
  {
    match: /^claude-(?:instant|2)/,
    capabilities: { ...TEXT_ONLY, maxOutputTokens: 4_096, reasoning: 'none', prefill: true },
  },
  {
    match: /^claude-3-(?:opus|sonnet|haiku)/,
    capabilities: { maxOutputTokens: 4_096, reasoning: 'none', prefill: true },
  },
  { match: /^claude-3-5-/, capabilities: { maxOutputTokens: 8_192, reasoning: 'none', prefill: true } },
  // Thinking has a budget, and an answer can be begun for the model.
  {
    match: /^claude-(?:3-7-|(?:opus|sonnet)-4(?:-[015](?!\d))?(?:-20\d{6}|$|@|-latest)|haiku-4-5)/,
    capabilities: { reasoning: 'budget', prefill: true },
  },
  {
    match: /^claude-opus-4-6/,
    capabilities: { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high', 'max'] },
  },
  {
    match: /^claude-sonnet-4-6/,
    capabilities: { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high'] },
  },
  // From the next generation on temperature, top_p and top_k are refused.
  { match: /^claude-/, capabilities: { reasoning: 'adaptive', prefill: false, sampling: false } },
]

/** None of them hears or speaks: Messages has no words for it (https://docs.anthropic.com/en/api/messages). */
export const CLAUDE_MODELS: readonly ModelFacts[] = GENERATIONS.map((facts) => ({
  ...facts,
  capabilities: { ...SILENT, ...facts.capabilities },
}))

/** https://platform.claude.com/docs/en/about-claude/model-deprecations, November 2026. Names without a date end with what they stand for. */
export const CLAUDE_RETIREMENTS: readonly Retirement[] = [
  { models: /^claude-sonnet-4(?:-0|-20250514)?$/, on: '2026-06-15', successor: 'claude-sonnet-4-6' },
  { models: /^claude-opus-4(?:-0|-20250514)?$/, on: '2026-06-15', successor: 'claude-opus-4-8' },
  { models: /^claude-opus-4-1(?:-20250805)?$/, on: '2026-08-05', successor: 'claude-opus-4-8' },
  { models: /^claude-opus-4-5(?:-20251101)?$/, on: '2027-01-22', successor: 'claude-opus-5-5' },
  { models: /^claude-3-7-sonnet/, on: '2026-02-19' },
  { models: /^claude-3-haiku/, on: '2026-04-20' },
  { models: /^claude-3-opus/, on: '2026-01-05' },
]
