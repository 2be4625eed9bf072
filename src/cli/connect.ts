import { homedir } from 'node:os'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import {
  carryOut,
  diffText,
  planConnection,
  planRemoval,
  type FileChange,
  type Places,
} from './connect/file-changes.ts'
import type { ClientRow, Front } from '../clients/client-row.ts'
import { findClient } from './connect/find-client.ts'
import { FRONT_FLAGS, openFront } from './connect/front.ts'
import { CLIENT_ROWS } from '../clients/rows/all.ts'
import { UnfitFile } from '../clients/settings-text.ts'
import { connectionJson, tellConnection } from './connect/tell-connection.ts'
import { prepareDataDirectory } from './data-directory.ts'
import { pathsOf } from './installation.ts'

/** Working settings for programs that people use. */
export const connectCommand: Command = {
  name: 'connect',
  usage: '[CLIENT]',
  summary: 'Settings for Claude Code, Codex, Zed and others; --write writes them.',
  examples: [
    'gatehouse connect',
    'gatehouse connect claude-code',
    'gatehouse connect codex --write',
    'gatehouse connect zed --make-key --write --yes',
    'gatehouse connect codex --remove',
  ],
  flags: {
    ...FRONT_FLAGS,
    write: { kind: 'switch', help: 'Write them into the files of the client, after showing what changes.' },
    remove: { kind: 'switch', help: 'Take back what was written.' },
    yes: { kind: 'switch', short: 'y', help: 'Do not ask.' },
  },
  positionals: 1,
  async run(call) {
    const { arguments: given, output } = call
    const [wanted] = given.positionals
    if (wanted === undefined) return list(call)
    const row = findClient(wanted)
    if (given.has('write') && given.has('remove'))
      throw new UsageError('--write and --remove exclude each other.')
    if (given.has('remove')) return remove(call, row)
    if (given.has('write') && row.files === undefined) {
      throw new CommandError(
        EXIT.usage,
        `${row.title} reads ${row.reads}: there is nothing to write. Leave out --write.`,
      )
    }
    const front = await openFront(call, row.name)
    if (given.has('write')) return write(call, row, front)
    if (output.json) output.value(connectionJson(row, front))
    else tellConnection(row, front, output)
    return EXIT.ok
  },
}

function list({ output }: CommandCall): number {
  if (output.json) {
    output.value(CLIENT_ROWS.map(({ name, title, dialect, reads }) => ({ name, title, dialect, reads })))
    return EXIT.ok
  }
  output.table(
    ['NAME', 'CLIENT', 'SPEAKS', 'READS'],
    CLIENT_ROWS.map(({ name, title, dialect, reads }) => [name, title, dialect, reads]),
  )
  output.say('\nSettings of one: gatehouse connect NAME')
  return EXIT.ok
}

async function write(call: CommandCall, row: ClientRow, front: Front): Promise<number> {
  const places = placesOf(call)
  const changes = planned(() => planConnection(row, front, places))
  const isDone = await carryOutAsked(call, { row, changes, places, key: front.key })
  if (isDone && !call.output.json) {
    for (const note of row.notes) call.output.say(`Note: ${note}`)
  }
  return isDone ? EXIT.ok : EXIT.failed
}

async function remove(call: CommandCall, row: ClientRow): Promise<number> {
  const places = placesOf(call)
  const changes = planned(() => planRemoval(row, places))
  if (changes.length === 0) {
    throw new CommandError(
      EXIT.notFound,
      `This installation wrote nothing for ${row.title}, or took it back already.`,
    )
  }
  const isDone = await carryOutAsked(call, { row, changes, places, key: undefined })
  return isDone ? EXIT.ok : EXIT.failed
}

interface Doing {
  readonly row: ClientRow
  readonly changes: readonly FileChange[]
  readonly places: Places
  /** Not shown. */
  readonly key: string | undefined
}

/** Shows what would change, asks, and does it. False when it was not wanted. */
async function carryOutAsked(call: CommandCall, { row, changes, places, key }: Doing): Promise<boolean> {
  const { arguments: given, output } = call
  const real = changes.filter(({ now, after }) => now !== after)
  for (const change of real) output.say(diffText(change, key))
  for (const { path, kept } of changes) {
    for (const place of kept) output.say(`${path}: ${place} was changed by somebody since, and stays.`)
  }
  if (real.length > 0 && !given.has('yes')) {
    output.say(`Write ${real.length === 1 ? 'this file' : `these ${real.length} files`}? [y/N]`)
    const answer = (await call.readLine())?.trim().toLowerCase()
    if (answer !== 'y' && answer !== 'yes') {
      output.say('Nothing was written. Say y, or pass --yes.')
      return false
    }
  }
  prepareDataDirectory(places.dataDirectory)
  const backups = planned(() => carryOut(row, changes, places))
  if (output.json) {
    output.value({
      client: row.name,
      files: changes.map(({ path, now, after }) => ({ path, changed: now !== after })),
    })
    return true
  }
  if (real.length === 0) output.say('Nothing had to be changed.')
  for (const { path, after } of real) output.line(`${after === undefined ? 'removed' : 'wrote'} ${path}`)
  for (const backup of backups) output.say(`What was there before is in ${backup}`)
  return true
}

function planned<T>(work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    if (!(thrown instanceof UnfitFile)) throw thrown
    throw new CommandError(EXIT.failed, `${thrown.message}. It was left alone.`)
  }
}

function placesOf(call: CommandCall): Places {
  const { environment, directory } = call
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? homedir()
  return { home, here: directory, dataDirectory: pathsOf(call).dataDirectory }
}
