import type { ProviderDefinition } from './provider.ts'

/** OpenAI, the reference of the chat dialect: nothing differs from it. */
export const openai: ProviderDefinition = {
  name: 'openai',
  title: 'OpenAI',
  keyVariables: ['OPENAI_API_KEY'],
  keyPrefixes: ['sk-'],
  baseUrlVariables: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'],
  offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.openai.com/v1' }],
  defaultModel: 'gpt-4.1-mini',
  docs: 'https://platform.openai.com/docs/api-reference',
}
