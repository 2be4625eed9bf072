import { nearestNames } from '../kit/nearest.ts'
import { StoreUrlError } from '../store/open-store.ts'
import { UsageError, parseArguments } from './arguments.ts'
import { COMMON_FLAGS, CommandError, EXIT, type CommandCall } from './command.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'
import { createOutput, type Terminal } from './output.ts'
import { VERSION } from './version.ts'

/** What there is around the command line: the process, or a test. */
export interface Surroundings extends Omit<CommandCall, 'arguments' | 'output'> {
  readonly terminal: Terminal
}

/** Runs one command line. Gives the exit code; never rejects. */
export async function runCommandLine(given: readonly string[], around: Surroundings): Promise<number> {
  const { terminal } = around
  try {
    return await dispatch(given, around)
  } catch (thrown) {
    if (thrown instanceof UsageError || thrown instanceof StoreUrlError) {
      terminal.writeError(`${thrown.message}\n`)
      return EXIT.usage
    }
    if (thrown instanceof CommandError) {
      terminal.writeError(`${thrown.message}\n`)
      return thrown.exitCode
    }
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    terminal.writeError(`gatehouse failed: ${text}\n`)
    return EXIT.failed
  }
}

async function dispatch(given: readonly string[], around: Surroundings): Promise<number> {
  const [first = 'start'] = given
  if (first === '--version' || first === 'version') {
    around.terminal.write(`${VERSION}\n`)
    return EXIT.ok
  }
  if (first === 'help' || first === '--help' || first === '-h') {
    for (const line of generalHelp(COMMANDS, VERSION)) around.terminal.write(`${line}\n`)
    return EXIT.ok
  }
  const isFlag = first.startsWith('-')
  const entry = findCommand(isFlag ? 'start' : first)
  return runEntry(entry, isFlag ? given : given.slice(1), around)
}

function findCommand(name: string): CommandEntry {
  const entry = COMMANDS.find((command) => command.name === name)
  if (entry !== undefined) return entry
  const [nearest] = nearestNames(
    name,
    COMMANDS.map((command) => command.name),
    1,
  )
  const hint = nearest === undefined ? 'See: gatehouse help' : `Did you mean "${nearest}"?`
  throw new UsageError(`There is no command "${name}". ${hint}`)
}

async function runEntry(
  entry: CommandEntry,
  given: readonly string[],
  around: Surroundings,
): Promise<number> {
  const { terminal, ...rest } = around
  const command = await entry.load()
  const parsed = parseArguments(given, { ...command.flags, ...COMMON_FLAGS })
  if (parsed.has('help')) {
    for (const line of commandHelp(command)) terminal.write(`${line}\n`)
    return EXIT.ok
  }
  const extra = parsed.positionals[command.positionals]
  if (extra !== undefined)
    throw new UsageError(`"${extra}" is one argument too many. See: gatehouse ${command.name} --help`)
  const output = createOutput(terminal, {
    json: parsed.has('json'),
    quiet: parsed.has('quiet'),
    colours: terminal.hasColours && !parsed.has('no-color'),
  })
  return command.run({ ...rest, arguments: parsed, output })
}
