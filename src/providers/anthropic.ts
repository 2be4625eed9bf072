import { CLAUDE_MODELS, CLAUDE_RETIREMENTS } from './anthropic-models.ts'
import { ownLimits } from './limit-headers.ts'
import type { ProviderDefinition } from './provider.ts'

/**
 * Anthropic, the reference of the messages dialect, which also sends the version header where the client sent none.
 * It reads its clients' attribution lines and takes them out by itself, and refuses thinking that it has not signed.
 */
export const anthropic: ProviderDefinition = {
  name: 'anthropic',
  title: 'Anthropic',
  cancelled: 'bills-generated',
  keyVariables: ['ANTHROPIC_API_KEY'],
  keyPrefixes: ['sk-ant-'],
  baseUrlVariables: ['ANTHROPIC_BASE_URL'],
  versionPath: '/v1',
  // https://platform.claude.com/docs/en/api/rate-limits, November 2026.
  limitHeaders: ownLimits('anthropic-ratelimit', {
    requests: 'requests',
    tokens: 'tokens',
    'input-tokens': 'tokens',
    'output-tokens': 'tokens',
  }),
  offers: [
    {
      dialect: 'anthropic-messages',
      baseUrl: 'https://api.anthropic.com/v1',
      quirks: {
        keepAttribution: true,
        unsealedReasoning: false,
        keeps: ['thread', 'container'],
        toolCallId: { pattern: 'identifier', length: 64 },
        maxToolNameCharacters: 128,
        maxUserCharacters: 256,
      },
    },
  ],
  models: CLAUDE_MODELS,
  retirements: CLAUDE_RETIREMENTS,
  // "Not sooner than" is what the page says of models whose retirement is not announced.
  listsEarliestDays: true,
  defaultModel: 'claude-sonnet-4-6',
  // https://platform.claude.com/docs/en/build-with-claude/fast-mode and .../data-residency, November 2026. Priority is paid by contract.
  serviceTiers: [
    { tier: 'fast', models: /^claude-opus-(?:4-8|5|5-5)(?:-20\d{6})?$/, times: [2n, 1n], onlyAsked: true },
    { tier: 'us', times: [11n, 10n], onlyAsked: true },
    // "50% of the standard API prices" for all usage (.../docs/en/build-with-claude/batch-processing).
    { tier: 'batch', times: [1n, 2n], onlyAsked: true },
  ],
  docs: 'https://docs.anthropic.com/en/api/messages',
}
