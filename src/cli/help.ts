import type { FlagSpec, FlagSpecs } from './arguments.ts'
import { COMMON_FLAGS, type Command } from './command.ts'
import type { CommandEntry } from './commands.ts'

/** The help of the command line as a whole. */
export function generalHelp(commands: readonly CommandEntry[], version: string): string[] {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return [
    `gatehouse ${version}: one front door for every model`,
    '',
    '  gatehouse                       run with what is found on this machine',
    '  gatehouse keys create my-app    make a key',
    '  gatehouse logs -f               watch requests',
    '',
    'Commands',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'gatehouse COMMAND --help says more about one. --version prints the version.',
  ]
}

/** The help of one command: examples first. */
export function commandHelp(command: Command): string[] {
  return [
    command.summary,
    '',
    ...command.examples.map((example) => `  ${example}`),
    '',
    `Usage: gatehouse ${`${command.name} ${command.usage}`.trim()} [flags]`,
    ...flagLines('Flags', command.flags),
    ...flagLines('Everywhere', COMMON_FLAGS),
  ]
}

function flagLines(title: string, flags: FlagSpecs): string[] {
  const entries = Object.entries(flags)
  if (entries.length === 0) return []
  const written = entries.map(([name, spec]) => writeFlag(name, spec))
  const width = Math.max(...written.map((text) => text.length))
  return [
    '',
    title,
    ...entries.map(([, { help }], index) => `  ${(written[index] ?? '').padEnd(width)}  ${help}`),
  ]
}

function writeFlag(name: string, { short, value }: FlagSpec): string {
  const letter = short === undefined ? '    ' : `-${short}, `
  return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`
}
