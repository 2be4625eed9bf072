import { join } from 'node:path'
import { FIRST_KEY_FILE } from '../boot/first-key.ts'
import { readerBeside, readTextFile } from '../boot/read-text.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import type { Paths } from './data-directory.ts'
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

/** The first key from the file that the first start left, mode 0600. */
function readFirstKey(dataDirectory: string): string | undefined {
  const text = readTextFile(join(dataDirectory, FIRST_KEY_FILE)) ?? ''
  return /^GATEHOUSE_KEY=(\S+)/m.exec(text)?.[1]
}

/** Where the gateway listens: what the running one wrote down, else what the configuration says. */
async function dataUrl(call: CommandCall, paths: Paths): Promise<string> {
  const address = readAddress(paths.dataDirectory, isProcessAlive)
  if (address !== undefined) return address.dataUrl
  call.output.say('# the gateway is not running')
  const { loadConfig } = await import('../config/load.ts')
  const { configFile } = paths
  const text = configFile === undefined ? '' : (readTextFile(configFile) ?? '')
  const readText = configFile === undefined ? () => undefined : readerBeside(configFile)
  const server = loadConfig({ text, environment: call.environment, readText }).config?.server
  const host = server === undefined || server.host === '0.0.0.0' ? '127.0.0.1' : server.host
  return `http://${host}:${server?.port ?? 4100}`
}
