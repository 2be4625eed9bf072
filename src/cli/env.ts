import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command } from './command.ts'
import { dataUrl, readFirstKey } from './data-url.ts'
import { pathsOf } from './installation.ts'

const SHELLS = {
  posix: (name: string, value: string) => `export ${name}='${value}'`,
  fish: (name: string, value: string) => `set -gx ${name} '${value}';`,
  powershell: (name: string, value: string) => `$env:${name} = '${value}'`,
  dotenv: (name: string, value: string) => `${name}=${value}`,
} as const

/** Variables that point the tools of a shell at this gateway. */
export const envCommand: Command = {
  name: 'env',
  usage: '',
  summary: 'Print variables that point SDKs and agents at this gateway.',
  examples: [
    'eval "$(gatehouse env)"',
    'gatehouse env --shell fish | source',
    'gatehouse env --shell dotenv >> .env',
  ],
  flags: {
    shell: { kind: 'text', value: 'NAME', help: `${Object.keys(SHELLS).join(', ')}; default: posix.` },
    key: { kind: 'text', value: 'KEY', help: 'Key to use; default: the first key.' },
  },
  positionals: 0,
  async run(call) {
    const { arguments: given, output } = call
    const paths = pathsOf(call)
    const key = given.text('key') ?? readFirstKey(paths.dataDirectory)
    if (key === undefined) {
      throw new CommandError(
        EXIT.notFound,
        'There is no first key yet. Start the gateway once, or pass --key.',
      )
    }
    const url = await dataUrl(call, paths)
    const variables = {
      GATEHOUSE_URL: url,
      GATEHOUSE_KEY: key,
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: key,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: key,
      GOOGLE_GEMINI_BASE_URL: url,
      GEMINI_API_KEY: key,
    }
    if (output.json) {
      output.value(variables)
      return EXIT.ok
    }
    const write = shellWriter(given.text('shell') ?? 'posix')
    for (const [name, value] of Object.entries(variables)) output.line(write(name, value))
    return EXIT.ok
  },
}

function shellWriter(shell: string): (name: string, value: string) => string {
  if (isShell(shell)) return SHELLS[shell]
  throw new UsageError(`There is no shell "${shell}" here. Known: ${Object.keys(SHELLS).join(', ')}.`)
}

function isShell(name: string): name is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, name)
}
