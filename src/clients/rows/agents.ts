import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { ClientRow, Front, FrontModel, Setting } from '../client-row.ts'
import { wholeOf } from '../value-paths.ts'

/*
 * Agents of the command line. Where each looks for its settings: https://code.claude.com/docs/en/settings,
 * https://developers.openai.com/codex/config-reference, https://google-gemini.github.io/gemini-cli/docs/get-started/configuration.html,
 * https://opencode.ai/docs/config, https://aider.chat/docs/config/aider_conf.html. What each asks was seen on the wire.
 */

const claudeEnvironment = ({ url, key, model }: Front) => ({
  ANTHROPIC_BASE_URL: url,
  ANTHROPIC_AUTH_TOKEN: key,
  ANTHROPIC_MODEL: model,
  ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
})

const claudeCode: ClientRow = {
  name: 'claude-code',
  title: 'Claude Code',
  aliases: ['claude'],
  dialect: 'anthropic-messages',
  base: '',
  reads: '~/.claude/settings.json, or the environment',
  callsItself: ['claude-cli'],
  environment: claudeEnvironment,
  files: [
    {
      place: 'home',
      path: '.claude/settings.json',
      format: 'json',
      hasKey: true,
      settings: (front) =>
        Object.entries(claudeEnvironment(front)).map(([name, value]) => ({ path: ['env', name], value })),
    },
  ],
  program: { command: 'claude', install: 'npm install -g @anthropic-ai/claude-code' },
  notes: [
    'The base URL has no /v1. ANTHROPIC_AUTH_TOKEN goes before ANTHROPIC_API_KEY.',
    'It warns of names that it does not know and assumes a context window for them; a route named claude-* spares that.',
    'ANTHROPIC_DEFAULT_HAIKU_MODEL is what it asks for small things: a cheaper route fits.',
  ],
}

const CODEX_PROVIDER = 'gatehouse'
const codexProvider = ({ url }: Front) => ({
  name: 'Gatehouse',
  base_url: `${url}/v1`,
  env_key: 'GATEHOUSE_KEY',
  wire_api: 'responses',
})

const codex: ClientRow = {
  name: 'codex',
  title: 'Codex CLI',
  dialect: 'openai-responses',
  base: '/v1',
  reads: '~/.codex/config.toml; the key from the environment',
  callsItself: ['codex_cli_rs', 'codex_exec', 'codex-tui'],
  environment: ({ key }) => ({ GATEHOUSE_KEY: key }),
  files: [
    {
      place: 'home',
      path: '.codex/config.toml',
      format: 'toml',
      settings: (front) => [
        { path: ['model'], value: front.model },
        { path: ['model_provider'], value: CODEX_PROVIDER },
        { path: ['model_providers', CODEX_PROVIDER], value: codexProvider(front) },
      ],
    },
  ],
  program: {
    command: 'codex',
    install: 'npm install -g @openai/codex',
    arguments: (front) => [
      ...tomlFlag('model', front.model),
      ...tomlFlag('model_provider', CODEX_PROVIDER),
      ...Object.entries(codexProvider(front)).flatMap(([name, value]) =>
        tomlFlag(`model_providers.${CODEX_PROVIDER}.${name}`, value),
      ),
    ],
  },
  notes: [
    'The file names the variable GATEHOUSE_KEY and never holds the key: set it where Codex is started.',
    'Its one language is Responses. A login of its own goes before the file: codex logout ends it.',
  ],
}

/** A setting for one run: its value is read as TOML, of which JSON's strings are a part. */
function tomlFlag(name: string, value: string): readonly string[] {
  return ['-c', `${name}=${JSON.stringify(value)}`]
}

const geminiEnvironment = ({ url, key }: Front) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key })

const geminiCli: ClientRow = {
  name: 'gemini-cli',
  title: 'Gemini CLI',
  aliases: ['gemini'],
  dialect: 'gemini',
  base: '',
  reads: '~/.gemini/settings.json and ~/.gemini/.env, or the environment',
  callsItself: ['geminicli'],
  environment: (front) => ({ ...geminiEnvironment(front), GEMINI_MODEL: front.model }),
  files: [
    {
      place: 'home',
      path: '.gemini/settings.json',
      format: 'json',
      settings: ({ model }) => [
        { path: ['security', 'auth', 'selectedType'], value: 'gemini-api-key' },
        { path: ['model', 'name'], value: model },
      ],
    },
    {
      place: 'home',
      path: '.gemini/.env',
      format: 'dotenv',
      hasKey: true,
      settings: (front) =>
        Object.entries(geminiEnvironment(front)).map(([name, value]) => ({ path: [name], value })),
    },
  ],
  program: { command: 'gemini', install: 'npm install -g @google/gemini-cli' },
  notes: ['The base URL has no version. A .env of the project goes before the one in the home directory.'],
}

const opencodeModel = ({ id, contextTokens, maxOutputTokens }: FrontModel): JsonObject => ({
  name: id,
  ...(contextTokens === undefined || maxOutputTokens === undefined
    ? {}
    : { limit: { context: contextTokens, output: maxOutputTokens } }),
})

const opencodeSettings = (front: Front): readonly Setting[] => [
  {
    path: ['provider', 'gatehouse'],
    value: {
      npm: '@ai-sdk/openai-compatible',
      name: 'Gatehouse',
      options: { baseURL: `${front.url}/v1`, apiKey: front.key },
      models: Object.fromEntries(front.models.map((model) => [model.id, opencodeModel(model)])),
    },
  },
  { path: ['model'], value: `gatehouse/${front.model}` },
  { path: ['small_model'], value: `gatehouse/${front.model}` },
]

const opencode: ClientRow = {
  name: 'opencode',
  title: 'opencode',
  dialect: 'openai-chat',
  base: '/v1',
  reads: '~/.config/opencode/opencode.json',
  callsItself: ['opencode'],
  files: [
    {
      place: 'home',
      path: '.config/opencode/opencode.json',
      format: 'json',
      hasKey: true,
      settings: opencodeSettings,
    },
  ],
  program: {
    command: 'opencode',
    install: 'npm install -g opencode-ai',
    environment: (front) => ({
      OPENCODE_CONFIG_CONTENT: JSON.stringify(wholeOf(opencodeSettings(front))),
    }),
  },
  notes: [
    'Models are listed by hand; the list is what the key may use now. Connect again when routes change.',
  ],
}

const aider: ClientRow = {
  name: 'aider',
  title: 'aider',
  dialect: 'openai-chat',
  base: '/v1',
  reads: '~/.aider.conf.yml, or the environment',
  environment: ({ url, key, model }) => ({
    OPENAI_API_BASE: `${url}/v1`,
    OPENAI_API_KEY: key,
    AIDER_MODEL: `openai/${model}`,
  }),
  files: [
    {
      place: 'home',
      path: '.aider.conf.yml',
      format: 'yaml',
      hasKey: true,
      settings: ({ url, key, model }) => [
        { path: ['model'], value: `openai/${model}` },
        { path: ['openai-api-base'], value: `${url}/v1` },
        { path: ['openai-api-key'], value: key },
      ],
    },
    {
      place: 'home',
      path: '.aider.model.metadata.json',
      format: 'json',
      settings: ({ models }) =>
        models
          .filter(({ contextTokens }) => contextTokens !== undefined)
          .map(({ id, contextTokens, maxOutputTokens }) => ({
            path: [`openai/${id}`],
            value: {
              litellm_provider: 'openai',
              mode: 'chat',
              ...defined({ max_input_tokens: contextTokens, max_output_tokens: maxOutputTokens }),
            },
          })),
    },
  ],
  program: { command: 'aider', install: 'python -m pip install aider-install && aider-install' },
  notes: [
    'openai/ before the name says which language to speak; it is no vendor.',
    'The second file says how long contexts are, so that it does not warn of names that it does not know.',
  ],
}

/** The agents. */
export const AGENTS: readonly ClientRow[] = [claudeCode, codex, geminiCli, opencode, aider]
