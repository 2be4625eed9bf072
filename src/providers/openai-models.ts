import { TEXT_ONLY, type ModelFacts } from './model-facts.ts'

/**
 * The conversing models of OpenAI (https://platform.openai.com/docs/models, and the guides to reasoning and to the latest model). Of a name that matches nothing, nothing is known.
 */
const CONVERSING: readonly ModelFacts[] = [
  { match: /^gpt-3\.5-turbo/, capabilities: { ...TEXT_ONLY, maxOutputTokens: 4_096, reasoning: 'none' } },
  {
    match: /^gpt-4-(?:1106|0125|turbo-preview)/,
    capabilities: { ...TEXT_ONLY, maxOutputTokens: 4_096, reasoning: 'none' },
  },
  { match: /^gpt-4-turbo/, capabilities: { maxOutputTokens: 4_096, reasoning: 'none' } },
  {
    match: /^gpt-4(?:-0613|-0314)?$/,
    capabilities: { ...TEXT_ONLY, maxOutputTokens: 8_192, reasoning: 'none' },
  },
  { match: /^(?:gpt|chatgpt)-4o/, capabilities: { maxOutputTokens: 16_384, reasoning: 'none' } },
  { match: /^gpt-4\.1/, capabilities: { reasoning: 'none' } },
  // Models for conversation that do not reason, or decide by themselves whether to.
  { match: /^gpt-5(?:\.\d+)?-chat/, capabilities: {} },
  {
    match: /^o[13]-mini/,
    capabilities: { ...TEXT_ONLY, reasoning: 'effort', sampling: false, efforts: ['low', 'medium', 'high'] },
  },
  {
    match: /^o[1-9]/,
    capabilities: { reasoning: 'effort', sampling: false, efforts: ['low', 'medium', 'high'] },
  },
  {
    match: /^gpt-5(?:\.\d+)?-pro/,
    capabilities: { reasoning: 'effort', sampling: false },
  },
  {
    match: /^gpt-5(?!\.)/,
    capabilities: { reasoning: 'effort', sampling: false, efforts: ['minimal', 'low', 'medium', 'high'] },
  },
  // From here on nobody reasons unless asked to, and sampling is refused to those who do.
  {
    match: /^gpt-5\.1/,
    capabilities: {
      reasoning: 'effort',
      sampling: 'unless-reasoning',
      efforts: ['none', 'low', 'medium', 'high'],
    },
  },
  {
    match: /^gpt-5\.[23]/,
    capabilities: {
      reasoning: 'effort',
      sampling: 'unless-reasoning',
      efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    },
  },
  // In this API, tools and an effort by name exclude each other.
  {
    match: /^gpt-5\.4/,
    capabilities: {
      reasoning: 'effort',
      sampling: 'unless-reasoning',
      efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
      effortBesideTools: 'unnamed',
    },
  },
  // These reason by themselves, except beside tools.
  {
    match: /^gpt-(?:5\.[5-9]|[6-9])/,
    capabilities: {
      reasoning: 'effort',
      sampling: false,
      efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
      effortBesideTools: 'none',
    },
  },
]

/** Models that give verdicts (https://platform.openai.com/docs/guides/moderation). */
export const MODERATION_MODELS = /^(?:omni|text)-moderation-/

/** The models of OpenAI: those that converse are for nothing else. */
export const OPENAI_MODELS: readonly ModelFacts[] = [
  { match: /^text-moderation-/, capabilities: { operations: ['moderate'], ...TEXT_ONLY } },
  { match: MODERATION_MODELS, capabilities: { operations: ['moderate'] } },
  { match: /^text-embedding-/, capabilities: { operations: ['embed'], contextTokens: 8_192 } },
  ...CONVERSING.map((facts): ModelFacts => ({
    ...facts,
    capabilities: { operations: ['chat', 'count-tokens'], ...facts.capabilities },
  })),
]
