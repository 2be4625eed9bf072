import type { ProviderDefinition } from './provider.ts'

/**
 * Anthropic, the reference of the messages dialect, which also sends the version header where the client sent none.
 * It reads its clients' attribution lines and takes them out by itself, and refuses thinking that it has not signed.
 */
export const anthropic: ProviderDefinition = {
  name: 'anthropic',
  title: 'Anthropic',
  keyVariables: ['ANTHROPIC_API_KEY'],
  keyPrefixes: ['sk-ant-'],
  baseUrlVariables: ['ANTHROPIC_BASE_URL'],
  versionPath: '/v1',
  offers: [
    {
      dialect: 'anthropic-messages',
      baseUrl: 'https://api.anthropic.com/v1',
      quirks: { keepAttribution: true, unsealedReasoning: false },
    },
  ],
  defaultModel: 'claude-sonnet-4-6',
  docs: 'https://docs.anthropic.com/en/api/messages',
}
