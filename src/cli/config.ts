import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { readTextFile } from '../boot/read-text.ts'
import { defined } from '../kit/defined.ts'
import {
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { callAdmin } from './admin-call.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { drift, problemLine } from './config-drift.ts'
import { configSecret } from './config-secret.ts'
import { endTrial, trial, trialIn, UNITS_HELP } from './config-trial.ts'

type Action = (call: CommandCall, subject: string | undefined) => Promise<number>

const ACTIONS: Readonly<Record<string, Action>> = {
  history,
  show,
  diff,
  apply,
  trial,
  promote: (call) => endTrial(call, 'promote'),
  'give-up': (call) => endTrial(call, 'give-up'),
  'roll-back': rollBack,
  secret: configSecret,
}

/** Versions of the configuration of a running gateway: look at them, make one, go back to one. */
export const configCommand: Command = {
  name: 'config',
  usage:
    'history | show [N] | diff [FILE|N] | apply FILE | trial | promote | give-up | roll-back N | secret list|set NAME|remove NAME',
  summary: 'Versions of the configuration: look at them, apply one, roll back; stored secrets.',
  examples: [
    'gatehouse config history',
    'gatehouse config diff routes.yaml',
    'gatehouse config apply routes.yaml --comment "cheaper at night"',
    'gatehouse config apply routes.yaml --canary 10%',
    'gatehouse config roll-back 12',
    'printenv PROVIDER_KEY | gatehouse config secret set main',
  ],
  flags: {
    comment: { kind: 'text', value: 'TEXT', help: 'Why; it stands with the version.' },
    canary: { kind: 'text', value: 'SHARE', help: 'apply: try it on a share of the requests first: 10%.' },
    by: { kind: 'text', value: 'WHO', help: UNITS_HELP },
    'dry-run': { kind: 'switch', help: 'Only say what would change, and what would move in the log.' },
    last: {
      kind: 'number',
      value: 'N',
      help: 'With --dry-run: over the newest so many requests; default: 1000.',
    },
    limit: { kind: 'number', short: 'n', value: 'N', help: 'How many versions; default: 20.' },
  },
  positionals: 3,
  async run(call) {
    const [action = 'history', subject] = call.arguments.positionals
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined
    if (act !== undefined) return act(call, subject)
    const [nearest = 'history'] = nearestNames(action, Object.keys(ACTIONS), 1)
    throw new UsageError(`There is no "config ${action}". Did you mean "config ${nearest}"?`)
  },
}

async function history(call: CommandCall): Promise<number> {
  const { output } = call
  const limit = call.arguments.number('limit') ?? 20
  const answer = await callAdmin(call, 'GET', { path: `/config/versions?limit=${limit}` })
  if (output.json) return told(call, answer)
  output.table(
    ['VERSION', 'STATE', 'TIME', 'BY', 'COMMENT', 'CHANGES'],
    readObjects(answer, 'data').map((version) => [
      String(readNumber(version, 'number')),
      readString(version, 'state') ?? '',
      readString(version, 'at') ?? '',
      [readString(version, 'by'), readString(version, 'author')]
        .filter((part) => part !== undefined)
        .join(' '),
      readString(version, 'comment') ?? '-',
      summaryOf(version),
    ]),
  )
  return EXIT.ok
}

function summaryOf(version: JsonObject): string {
  const changes = texts(version, 'changes')
  const [first = readNumber(version, 'of') === undefined ? '-' : `as version ${readNumber(version, 'of')}`] =
    changes
  return changes.length > 1 ? `${first}; and ${changes.length - 1} more` : first
}

async function show(call: CommandCall, subject: string | undefined): Promise<number> {
  const { output } = call
  const version = await callAdmin(call, 'GET', { path: `/config/versions/${await numberOf(call, subject)}` })
  if (output.json) return told(call, version)
  output.line(
    `Version ${readNumber(version, 'number')}, ${readString(version, 'state')}, ${readString(version, 'at')}`,
  )
  for (const change of texts(version, 'changes')) output.line(`  ${change}`)
  for (const layer of ['file', 'managed']) {
    output.line()
    output.line(`# ${layer}`)
    output.line(readString(version, layer)?.trimEnd() ?? '(it cannot be opened)')
  }
  return EXIT.ok
}

/** The number that was given, or that of the version in force. */
async function numberOf(call: CommandCall, subject: string | undefined): Promise<number> {
  if (subject !== undefined) return readVersion(subject)
  const config = await callAdmin(call, 'GET', { path: '/config' })
  const number = readNumber(readObject(config, 'version') ?? {}, 'number')
  if (number === undefined) throw new CommandError(EXIT.notFound, 'There are no versions yet.')
  return number
}

function readVersion(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UsageError(`"${text}" is no version; they are numbers. See: gatehouse config history`)
}

async function diff(call: CommandCall, subject: string | undefined): Promise<number> {
  if (subject === undefined) return drift(call)
  if (!/^\d+$/.test(subject)) return compare(call, subject, 0)
  const version = await callAdmin(call, 'GET', { path: `/config/versions/${subject}` })
  const against = readObject(version, 'against_now')
  if (against === undefined)
    throw new CommandError(
      EXIT.failed,
      `Version ${subject} was sealed with another key, and cannot be opened.`,
    )
  if (call.output.json) return told(call, against)
  tellChanges(call, against)
  return EXIT.ok
}

/** Says what a managed document would change. Fails where it could not be put in force. */
async function compare(call: CommandCall, file: string, last: number): Promise<number> {
  const answer = await callAdmin(call, 'POST', {
    path: '/config/check',
    body: { managed: readFile(call, file), last },
  })
  if (call.output.json) call.output.value(answer)
  else tellChanges(call, answer)
  return readBoolean(answer, 'ok') === true ? EXIT.ok : EXIT.usage
}

function tellChanges({ output }: CommandCall, answer: JsonObject): void {
  for (const problem of readObjects(answer, 'problems')) output.complain(problemLine(problem))
  const changes = readObjects(answer, 'changes')
  for (const change of changes) output.line(readString(change, 'text') ?? '')
  if (changes.length === 0) output.say('Nothing would change.')
  const effect = readObject(answer, 'what_if')
  if (effect === undefined) return
  const requests = readNumber(effect, 'requests') ?? 0
  const cost = readString(readObject(effect, 'cost') ?? {}, 'difference_usd') ?? '0'
  const lost = readObjects(effect, 'newly_unroutable').length
  output.line(
    `Of the last ${requests} requests ${readNumber(effect, 'moved') ?? 0} would have gone elsewhere, at $${cost} more or less.`,
  )
  if (lost > 0) output.complain('Some of them would have found nobody: see --json.')
}

async function apply(call: CommandCall, file: string | undefined): Promise<number> {
  if (file === undefined) throw new UsageError('Apply what? gatehouse config apply FILE')
  if (call.arguments.has('dry-run')) return compare(call, file, call.arguments.number('last') ?? 1_000)
  const body = { managed: readFile(call, file), ...madeBy(call), ...trialIn(call) }
  return made(call, await callAdmin(call, 'PUT', { path: '/config/managed', body }))
}

async function rollBack(call: CommandCall, subject: string | undefined): Promise<number> {
  if (subject === undefined) throw new UsageError('Back to which version? gatehouse config roll-back N')
  const path = `/config/versions/${readVersion(subject)}/roll-back`
  return made(call, await callAdmin(call, 'POST', { path, body: madeBy(call) }))
}

function made(call: CommandCall, answer: JsonObject): number {
  const { output } = call
  if (output.json) return told(call, answer)
  const version = readObject(answer, 'version') ?? {}
  const number = readNumber(version, 'number')
  if (readBoolean(answer, 'changed') !== true) {
    output.say(`Nothing is different; version ${number} stays in force.`)
    return EXIT.ok
  }
  const isTried = readString(version, 'state') === 'tried'
  output.line(isTried ? `Version ${number} is being tried.` : `Version ${number} is in force.`)
  for (const change of texts(version, 'changes')) output.line(`  ${change}`)
  if (isTried) output.say('See: gatehouse config trial; then: gatehouse config promote, or give-up.')
  return EXIT.ok
}

function madeBy({ arguments: given }: CommandCall): JsonObject {
  return { by: 'cli', author: userInfo().username, ...defined({ comment: given.text('comment') }) }
}

function readFile({ directory }: CommandCall, file: string): string {
  const text = readTextFile(resolve(directory, file))
  if (text === undefined)
    throw new CommandError(EXIT.notFound, `There is no file ${file}, or it cannot be read.`)
  return text
}

function texts(object: JsonObject, member: string): string[] {
  return readArray(object, member).filter((item) => typeof item === 'string')
}

function told({ output }: CommandCall, answer: Json): number {
  output.value(answer)
  return EXIT.ok
}
