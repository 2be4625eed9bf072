import {
  DATE,
  MODERATION_MODELS,
  OPENAI_MODELS,
  OPENAI_RETIREMENTS,
  RESPONSES_ONLY,
} from './openai-models.ts'
import { USUAL_LIMITS } from './limit-headers.ts'
import type { ProviderDefinition } from './provider.ts'
import type { ServiceTierRow } from './service-tiers.ts'

/** Prices of fast service as multiples of the standard ones (https://openai.com/api-fast-mode, November 2026). */
const FAST: readonly (readonly [times: readonly [bigint, bigint], models: string])[] = [
  [
    [2n, 1n],
    String.raw`gpt-5\.6-(?:sol|terra|luna)|gpt-5\.4(?:-mini)?|gpt-5(?:\.[12])?(?:-codex)?|gpt-4\.1-nano`,
  ],
  [[5n, 2n], String.raw`gpt-5\.5`],
  [[9n, 5n], 'gpt-5-mini'],
  [[7n, 4n], String.raw`gpt-4\.1(?:-mini)?`],
  [[17n, 10n], 'gpt-4o'],
  [[5n, 3n], 'gpt-4o-mini'],
]

/** Fast service was called priority, and both words are still used. */
const TIERS: readonly ServiceTierRow[] = [
  ...['priority', 'fast'].flatMap((tier) =>
    FAST.map(([times, models]) => ({ tier, times, models: new RegExp(`^(?:${models})${DATE}`) })),
  ),
  // Batch rates, which are half (https://developers.openai.com/api/docs/guides/flex-processing, November 2026).
  { tier: 'flex', times: [1n, 2n] },
  { tier: 'batch', times: [1n, 2n], onlyAsked: true },
]

const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const

/**
 * OpenAI, the reference of both its dialects. It is strict about lengths, and takes images of few types
 * (https://platform.openai.com/docs/guides/images-vision).
 */
export const openai: ProviderDefinition = {
  name: 'openai',
  title: 'OpenAI',
  cancelled: 'bills-generated',
  keyVariables: ['OPENAI_API_KEY'],
  keyPrefixes: ['sk-'],
  baseUrlVariables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  limitHeaders: USUAL_LIMITS,
  offers: [
    {
      dialect: 'openai-chat',
      baseUrl: 'https://api.openai.com/v1',
      notFor: RESPONSES_ONLY,
      quirks: {
        // The one name of the output limit that all models take.
        maxTokensParam: 'max_completion_tokens',
        toolCallId: { pattern: 'any', length: 40 },
        maxToolNameCharacters: 64,
        maxUserCharacters: 64,
        // https://platform.openai.com/docs/api-reference/embeddings/create
        batchInputs: 2_048,
        batchTokens: 300_000,
        imageTypes: IMAGE_TYPES,
      },
    },
    {
      dialect: 'openai-responses',
      baseUrl: 'https://api.openai.com/v1',
      quirks: {
        imageTypes: IMAGE_TYPES,
        keeps: ['previous_response_id', 'conversation', 'prompt'],
        compacts: true,
      },
    },
  ],
  models: OPENAI_MODELS,
  serves: ['moderate'],
  // "Moderation models are free models" (https://developers.openai.com/api/docs/models/omni-moderation-latest).
  prices: [{ models: MODERATION_MODELS, input: '0' }],
  retirements: OPENAI_RETIREMENTS,
  defaultModel: 'gpt-6-luna',
  serviceTiers: TIERS,
  // "A 10% uplift for models released on or after March 5, 2026" (https://developers.openai.com/api/docs/guides/data-residency).
  regionalPrices: [
    { hosts: /^[a-z]{2}\.api\.openai\.com$/, models: /^gpt-(?:5\.[4-9]|[6-9])/, times: [11n, 10n] },
  ],
  docs: 'https://platform.openai.com/docs/api-reference',
}
