import type { ProviderDefinition } from './provider.ts'

/**
 * Anthropic, the reference of the messages dialect. The version header is a constant of the offer: a client's own
 * version, which the dialect forwards, takes its place. It reads its clients' attribution lines and takes them out by itself.
 */
export const anthropic: ProviderDefinition = {
  name: 'anthropic',
  title: 'Anthropic',
  keyVariables: ['ANTHROPIC_API_KEY'],
  baseUrlVariables: ['ANTHROPIC_BASE_URL'],
  versionPath: '/v1',
  offers: [
    {
      dialect: 'anthropic-messages',
      baseUrl: 'https://api.anthropic.com/v1',
      headers: { 'anthropic-version': '2023-06-01' },
      quirks: { keepAttribution: true },
    },
  ],
  defaultModel: 'claude-sonnet-4-6',
  docs: 'https://docs.anthropic.com/en/api/messages',
}
