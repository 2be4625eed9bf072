import { constants } from 'node:os'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import type { ClientRow, Front, Program } from '../clients/client-row.ts'
import { findClient } from './connect/find-client.ts'
import { FRONT_FLAGS, openFront } from './connect/front.ts'

/** What shells add to the number of a signal that ended a program (POSIX, 2.8.2). */
const ENDED_BY_SIGNAL = 128

/** Starts a client through the gateway, for this once. */
export const runClientCommand: Command = {
  name: 'run',
  usage: 'CLIENT [ARGUMENTS…]',
  summary: 'Start Claude Code, Codex and others through this gateway; nothing is written.',
  examples: [
    'gatehouse run claude-code',
    'gatehouse run --model smart codex exec "Explain this project"',
    'gatehouse run aider README.md',
  ],
  flags: FRONT_FLAGS,
  positionals: Number.POSITIVE_INFINITY,
  passesOn: true,
  async run(call) {
    const [wanted, ...given] = call.arguments.positionals
    if (wanted === undefined)
      throw new UsageError('Which client? gatehouse run CLIENT; gatehouse connect lists them.')
    const row = findClient(wanted)
    const { program } = row
    if (program === undefined) {
      throw new CommandError(
        EXIT.usage,
        `${row.title} is not started from a command line. Its settings: gatehouse connect ${row.name}`,
      )
    }
    const path = Bun.which(program.command, { PATH: call.environment['PATH'] ?? '' })
    if (path === null) {
      throw new CommandError(
        EXIT.notFound,
        `${row.title} is not installed: there is no ${program.command} on the path. Install it: ${program.install}`,
      )
    }
    const front = await openFront(call, row.name)
    if (!front.answers)
      throw new CommandError(EXIT.unreachable, `Nothing answers at ${front.url}. Start it: gatehouse`)
    const words = [path, ...(program.arguments?.(front) ?? []), ...given]
    return start(call, words, environmentOf(row, program, front))
  },
}

function environmentOf(row: ClientRow, program: Program, front: Front) {
  return { ...row.environment?.(front), ...program.environment?.(front) }
}

/** Runs a program in the place of this one: its words, its signals, its exit code. */
async function start(
  call: CommandCall,
  words: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = Bun.spawn([...words], {
    cwd: call.directory,
    env: { ...call.environment, ...variables },
    stdio: ['inherit', 'inherit', 'inherit'],
  })
  // Ctrl-C reaches every program of a terminal by itself; told twice, agents take it for a wish to leave.
  const end = call.onSignal((signal) => {
    if (signal !== 'SIGINT' || !call.output.isTty) child.kill(signal)
  })
  try {
    const code = await child.exited
    const { signalCode } = child
    const ended = Object.entries(constants.signals).find(([name]) => name === signalCode)
    return ended === undefined ? code : ENDED_BY_SIGNAL + ended[1]
  } finally {
    end()
  }
}
