/** Where a client finds the house. */
export interface Front {
  /** Address of the client API, without a path. */
  readonly url: string
  readonly key: string
  /** The route that it asks for. */
  readonly model: string
}

/** A program that people use, run as they run it but without a person in front of it. */
export interface Client {
  readonly name: string
  /** What npm installs for it. */
  readonly packages: readonly string[]
  /** Files that point it at the house, by their path below its home. */
  files(front: Front): Readonly<Record<string, string>>
  environment(front: Front): Readonly<Record<string, string>>
  /** The commands, word by word, that have it do one task and then, in the same conversation, another. */
  commands(front: Front, task: string, later: string): readonly (readonly string[])[]
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

const claudeCode: Client = {
  name: 'claude-code',
  // The newest that Node 20 may install is an older one: named, so that the same one runs everywhere.
  packages: ['@anthropic-ai/claude-code@2.1.197'],
  files: () => ({}),
  environment: ({ url, key, model }) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    ANTHROPIC_SMALL_FAST_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    IS_SANDBOX: '1',
  }),
  commands: (_front, task, later) => {
    const claude = ['claude', '-p', '--dangerously-skip-permissions']
    return [
      [...claude, task],
      [...claude, '--continue', later],
    ]
  },
}

const codex: Client = {
  name: 'codex',
  packages: ['@openai/codex@0.171.0'],
  files: ({ url, model }) => ({
    '.codex/config.toml': [
      `model = "${model}"`,
      'model_provider = "gatehouse"',
      '[model_providers.gatehouse]',
      'name = "Gatehouse"',
      `base_url = "${url}/v1"`,
      'env_key = "GATEHOUSE_KEY"',
      'wire_api = "responses"',
    ].join('\n'),
  }),
  environment: ({ key }) => ({ GATEHOUSE_KEY: key }),
  commands: (_front, task, later) => {
    const alone = ['--dangerously-bypass-approvals-and-sandbox', '--skip-git-repo-check']
    return [
      ['codex', 'exec', ...alone, task],
      ['codex', 'exec', 'resume', '--last', ...alone, later],
    ]
  },
}

const geminiCli: Client = {
  name: 'gemini-cli',
  packages: ['@google/gemini-cli@0.61.0'],
  files: () => ({
    '.gemini/settings.json': json({
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
    }),
  }),
  environment: ({ url, key }) => ({
    GOOGLE_GEMINI_BASE_URL: url,
    GEMINI_API_KEY: key,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
  commands: ({ model }, task, later) => {
    const gemini = ['gemini', '-m', model, '--yolo']
    return [
      [...gemini, '-p', task],
      [...gemini, '--resume', 'latest', '-p', later],
    ]
  },
}

/** opencode speaks three dialects, by the provider that its file names. */
function opencode(provider: string, npm?: string): Client {
  return {
    name: `opencode (${npm ?? provider})`,
    packages: ['opencode-ai@1.18.33'],
    files: ({ url, key, model }) => ({
      '.config/opencode/opencode.json': json({
        autoupdate: false,
        share: 'disabled',
        small_model: `${provider}/${model}`,
        permission: { '*': 'allow' },
        provider: {
          [provider]: {
            ...(npm === undefined ? {} : { npm }),
            options: { baseURL: `${url}/v1`, apiKey: key },
            models: { [model]: { name: model, tool_call: true } },
          },
        },
      }),
    }),
    environment: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' }),
    commands: ({ model }, task, later) => {
      const opencode = ['opencode', 'run', '-m', `${provider}/${model}`]
      return [
        [...opencode, task],
        [...opencode, '--continue', later],
      ]
    },
  }
}

/** A library with a loop over tools, in a program beside this file that does both tasks. */
function library(program: string, packages: readonly string[]): Client {
  return {
    name: program,
    packages,
    files: () => ({}),
    environment: ({ url, key, model }) => ({
      GATEHOUSE_URL: url,
      GATEHOUSE_KEY: key,
      GATEHOUSE_MODEL: model,
    }),
    commands: (_front, task, later) => [[`${program}.mjs`, task, later]],
  }
}

/** All of them. */
export const CLIENTS: readonly Client[] = [
  claudeCode,
  codex,
  geminiCli,
  opencode('gatehouse', '@ai-sdk/openai-compatible'),
  opencode('openai'),
  opencode('anthropic'),
  library('openai-agents', ['@openai/agents@0.20.0', 'openai@7.59.0', 'zod@4.6.7']),
  library('langchain-responses', [
    'langchain@1.5.14',
    '@langchain/openai@1.6.0',
    '@langchain/core@1.4.0',
    'zod@4.6.7',
  ]),
  library('anthropic-tool-runner', ['@anthropic-ai/sdk@1.14.0']),
]
