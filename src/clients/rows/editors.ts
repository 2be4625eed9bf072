import { defined } from '../../kit/defined.ts'
import type { ClientRow, Front } from '../client-row.ts'

/*
 * Editors and what lives in them. Where each looks for its settings: https://docs.cursor.com/settings/api-keys,
 * https://docs.cline.bot/provider-config/openai-compatible, https://docs.continue.dev/reference, https://zed.dev/docs/ai/use-api-access.
 */

const cursor: ClientRow = {
  name: 'cursor',
  title: 'Cursor',
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'its settings, by hand',
  steps: ({ url, key, model }) => [
    'Settings → Models → API Keys: turn on "Override OpenAI Base URL".',
    `Base URL: ${url}/v1`,
    `OpenAI API key: ${key}`,
    `Add a model by its name: ${model}`,
  ],
  notes: [
    'Requests come from servers of Cursor, so the gateway needs an address that they reach, over https: 127.0.0.1 does not do.',
    'A model named like one of its own goes to its own: choose a route by a name that it does not have.',
  ],
}

const cline: ClientRow = {
  name: 'cline',
  title: 'Cline',
  aliases: ['roo', 'roo-code'],
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'its settings, by hand or by its command line',
  steps: ({ url, key, model }) => [
    'In the editor: Settings → API Provider → OpenAI Compatible.',
    `Base URL: ${url}/v1`,
    `API key: ${key}`,
    `Model ID: ${model}`,
    `With its command line: cline auth -p openai-compatible -k ${key} -b ${url}/v1 -m ${model}`,
  ],
  notes: ['Context window and prices are typed in by hand there; what a request cost is known here.'],
}

const continueDev: ClientRow = {
  name: 'continue',
  title: 'Continue',
  dialect: 'openai-chat',
  base: '/v1',
  reads: '~/.continue/config.yaml',
  files: [
    {
      place: 'home',
      path: '.continue/config.yaml',
      format: 'yaml',
      hasKey: true,
      settings: ({ url, key, models }) => [
        { path: ['name'], value: 'Local', onlyIfAbsent: true },
        { path: ['version'], value: '1.0.0', onlyIfAbsent: true },
        { path: ['schema'], value: 'v1', onlyIfAbsent: true },
        ...models.map(({ id, contextTokens }) => ({
          path: ['models', { name: `Gatehouse ${id}` }],
          value: {
            name: `Gatehouse ${id}`,
            provider: 'openai',
            model: id,
            apiBase: `${url}/v1`,
            apiKey: key,
            roles: ['chat', 'edit', 'apply'],
            ...defined({
              defaultCompletionOptions:
                contextTokens === undefined ? undefined : { contextLength: contextTokens },
            }),
          },
        })),
      ],
    },
  ],
  notes: [
    'Models are listed by hand; the list is what the key may use now. Connect again when routes change.',
    'For a vector index give an embedding model an entry of its own with roles: [embed].',
  ],
}

const zedModels = ({ models }: Front) =>
  models.map(({ id, contextTokens = 128_000, maxOutputTokens, vision = false }) => ({
    name: id,
    display_name: id,
    max_tokens: contextTokens,
    ...defined({ max_output_tokens: maxOutputTokens }),
    capabilities: { tools: true, images: vision, parallel_tool_calls: true, prompt_cache_key: false },
  }))

const zed: ClientRow = {
  name: 'zed',
  title: 'Zed',
  dialect: 'openai-chat',
  base: '/v1',
  reads: '~/.config/zed/settings.json; the key from its keychain or the environment',
  callsItself: ['zed'],
  environment: ({ key }) => ({ GATEHOUSE_API_KEY: key }),
  files: [
    {
      place: 'home',
      path: '.config/zed/settings.json',
      format: 'json',
      settings: (front) => [
        {
          path: ['language_models', 'openai_compatible', 'Gatehouse'],
          value: { api_url: `${front.url}/v1`, available_models: zedModels(front) },
        },
      ],
    },
  ],
  notes: [
    'The key goes into the panel of providers (agent: open settings), or into GATEHOUSE_API_KEY of the shell that starts Zed; started from a menu it sees no shell.',
    'Every model is listed with its context; where nobody knows it, 128,000 tokens are said.',
  ],
}

/** The editors. */
export const EDITORS: readonly ClientRow[] = [cursor, cline, continueDev, zed]
