import { defined } from '../kit/defined.ts'
import { SILENT, TEXT_ONLY, type ModelFacts } from './model-facts.ts'
import type { Retirement } from './retirements.ts'

/** A release date behind a model's name. */
export const DATE = String.raw`(?:-20\d\d-\d\d-\d\d)?$`

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
  // They hear and speak, and see nothing.
  {
    match: /^gpt-(?:4o(?:-mini)?-)?audio/,
    capabilities: {
      vision: false,
      documents: false,
      audioInput: true,
      audioOutput: true,
      maxOutputTokens: 16_384,
      reasoning: 'none',
    },
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

/** They transcribe, speak, draw, film, complete texts, or hold a connection: what cannot be asked in any dialect here. */
const ELSEWHERE =
  /^(?:whisper|tts|dall-e|sora|gpt-live|text-davinci|davinci|babbage|curie|ada|gpt-3\.5-turbo-instruct)|-(?:transcribe|tts|realtime|image)(?:-|$)|^(?:gpt|chatgpt)-(?:image|realtime)/

/**
 * "This model is only supported in v1/responses and not in v1/chat/completions": so the API answers of these
 * (pgadmin-org/pgadmin4#9795, alvinunreal/tmuxai#82).
 */
export const RESPONSES_ONLY =
  /^(?:(?:o[13]|gpt-5(?:\.\d+)?)-pro|gpt-5(?:\.\d+)?-codex|codex-mini|o[34](?:-mini)?-deep-research|computer-use-preview)/

/** The models of OpenAI: those that converse are for nothing else. */
export const OPENAI_MODELS: readonly ModelFacts[] = [
  { match: /^text-moderation-/, capabilities: { operations: ['moderate'], ...TEXT_ONLY } },
  { match: MODERATION_MODELS, capabilities: { operations: ['moderate'] } },
  { match: /^text-embedding-/, capabilities: { operations: ['embed'], contextTokens: 8_192, ...TEXT_ONLY } },
  { match: ELSEWHERE, capabilities: { operations: [] } },
  ...CONVERSING.map((facts): ModelFacts => ({
    ...facts,
    capabilities: { operations: ['chat', 'count-tokens'], ...SILENT, ...facts.capabilities },
  })),
]

/** https://developers.openai.com/api/docs/deprecations, November 2026. Days that are not here are those of the lists. */
export const OPENAI_RETIREMENTS: readonly Retirement[] = [
  retired('2026-10-23', 'gpt-3\\.5-turbo(?:-0125)?|o4-mini', 'gpt-5.6-terra'),
  retired(
    '2026-10-23',
    'gpt-4(?:-0613|-1106-preview|-turbo)?|gpt-4o-2024-05-13|o1(?:-pro)?|o3-mini',
    'gpt-5.6-sol',
  ),
  retired('2026-10-23', 'gpt-4\\.1-nano', 'gpt-5.6-luna'),
  retired('2026-12-11', 'gpt-5', 'gpt-6.1-sol'),
  retired('2026-12-11', 'gpt-5-mini', 'gpt-6.1-terra'),
  retired('2026-12-11', 'gpt-5-nano', 'gpt-5.6-luna'),
  retired('2026-12-11', '(?:gpt-5|o3)-pro|o3', 'gpt-5.6-sol'),
  retired('2027-01-14', 'gpt-4(?:o|\\.1)(?:-mini)?', 'gpt-6-luna'),
  retired('2027-04-01', 'gpt-5\\.1'),
]

function retired(on: string, models: string, successor?: string): Retirement {
  return {
    on,
    models: new RegExp(`^(?:${models})${DATE}`),
    ...defined({ successor }),
  }
}
