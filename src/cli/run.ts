import { CannotListen } from '../boot/listen.ts'
import { StoreUnusable } from '../boot/open-usable-store.ts'
import { JournalNotReplayed, JournalUnreadable } from '../ledger/replay.ts'
import { nearestNames } from '../kit/nearest.ts'
import { StoreBusy } from '../store/store.ts'
import { StoreUrlError } from '../store/open-store.ts'
import { UsageError, parseArguments } from './arguments.ts'
import { COMMON_FLAGS, CommandError, EXIT, type CommandCall } from './command.ts'
import { COMMANDS, type CommandEntry } from './commands.ts'
import { commandHelp, generalHelp } from './help.ts'
import { createOutput, type LiveTerminal, type Terminal } from './output.ts'
import { isSystemError } from './system-error.ts'
import { VERSION } from './version.ts'

/** What there is around the command line: the process, or a test. */
export interface Surroundings extends Omit<CommandCall, 'arguments' | 'output'> {
  readonly terminal: Terminal
  /** The same terminal for a command that serves others, and must not wait for whoever reads what it says. */
  openLiveTerminal(): LiveTerminal
}

/** Runs one command line. Gives the exit code; never rejects. */
export async function runCommandLine(given: readonly string[], around: Surroundings): Promise<number> {
  const { terminal } = around
  try {
    return await dispatch(given, around)
  } catch (thrown) {
    const exitCode = foreseenExit(thrown)
    const told = thrown instanceof Error ? thrown : new Error(String(thrown))
    const unforeseen = isSystemError(told) ? told.message : (told.stack ?? told.message)
    terminal.writeError(`${exitCode === undefined ? `gatehouse failed: ${unforeseen}` : told.message}\n`)
    return exitCode ?? EXIT.failed
  }
}

/** The exit code of a failure whose message says all; undefined for defects, of which the stack is shown. */
function foreseenExit(thrown: unknown): number | undefined {
  if (thrown instanceof UsageError || thrown instanceof StoreUrlError) return EXIT.usage
  if (thrown instanceof CommandError) return thrown.exitCode
  const isForeseen = [StoreUnusable, StoreBusy, JournalUnreadable, JournalNotReplayed, CannotListen].some(
    (kind) => thrown instanceof kind,
  )
  return isForeseen ? EXIT.failed : undefined
}

async function dispatch(given: readonly string[], around: Surroundings): Promise<number> {
  const [first = 'start'] = given
  if (first === '--version' || first === 'version') {
    around.terminal.write(`${VERSION}\n`)
    return EXIT.ok
  }
  const [, topic] = given
  if (first === 'help' && topic !== undefined) return runEntry(findCommand(topic), ['--help'], around)
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
  const { terminal, openLiveTerminal, ...rest } = around
  const command = await entry.load()
  const parsed = parseArguments(given, { ...command.flags, ...COMMON_FLAGS }, command.passesOn)
  if (parsed.has('help')) {
    for (const line of commandHelp(command)) terminal.write(`${line}\n`)
    return EXIT.ok
  }
  const extra = parsed.positionals[command.positionals]
  if (extra !== undefined)
    throw new UsageError(`"${extra}" is one argument too many. See: gatehouse ${command.name} --help`)
  const live = command.serves === true ? openLiveTerminal() : undefined
  const output = createOutput(live ?? terminal, {
    json: parsed.has('json'),
    quiet: parsed.has('quiet'),
    colours: terminal.hasColours && !parsed.has('no-color'),
  })
  try {
    return await command.run({ ...rest, arguments: parsed, output })
  } finally {
    await live?.flush()
  }
}
