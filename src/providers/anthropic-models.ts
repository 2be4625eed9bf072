import type { ModelFacts } from './model-facts.ts'

/**
 * The models of Anthropic (https://docs.anthropic.com/en/docs/about-claude/models, and the guides to extended thinking, adaptive
 * thinking and effort). A name that is not known yet is taken for one of the newest generation, which takes the least.
 */
export const CLAUDE_MODELS: readonly ModelFacts[] = [
  {
    match: /^claude-(?:instant|2|3-(?:opus|sonnet|haiku))/,
    capabilities: { maxOutputTokens: 4_096, reasoning: 'none' },
  },
  { match: /^claude-3-5-/, capabilities: { maxOutputTokens: 8_192, reasoning: 'none' } },
  // Thinking has a budget, and an answer can be begun for the model.
  {
    match: /^claude-(?:3-7-|(?:opus|sonnet)-4(?:-[015](?!\d))?(?:-20\d{6}|$|@|-latest)|haiku-4-5)/,
    capabilities: { reasoning: 'budget' },
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
