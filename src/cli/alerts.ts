import { join } from 'node:path'
import { parse } from 'yaml'
import { ADMIN_TOKEN_FILE } from '../boot/admin-token.ts'
import { readTextFile } from '../boot/read-text.ts'
import {
  isObject,
  parseJsonObject,
  readArray,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { pathsOf } from './installation.ts'

const ACTIONS = ['list', 'test', 'preview', 'mute', 'unmute'] as const
/** Where the admin token stands that the file refers to by this name. */
const TOKEN_VARIABLE = 'GATEHOUSE_ADMIN_TOKEN'

/** What rings, and who is told: asked of the gateway that runs. */
export const alertsCommand: Command = {
  name: 'alerts',
  usage: 'list | test CHANNEL | preview FILE | mute RULE --for 2h | unmute RULE',
  summary: 'Rules that ring: list them, test a channel, try a rule on past days, mute.',
  examples: [
    'gatehouse alerts list',
    'gatehouse alerts test ops',
    'gatehouse alerts preview rule.yaml',
    'gatehouse alerts mute errors --for 2h',
  ],
  flags: {
    for: { kind: 'text', value: 'TIME', help: 'mute: how long; default: 1h.' },
    days: { kind: 'text', value: 'DAYS', help: 'preview: how many days back; default: 14.' },
  },
  positionals: 2,
  async run(call) {
    const [action = 'list', name] = call.arguments.positionals
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = 'list'] = nearestNames(action, ACTIONS, 1)
      throw new UsageError(`There is no "alerts ${action}". Did you mean "alerts ${nearest}"?`)
    }
    if (known === 'list') return list(call)
    if (name === undefined) throw new UsageError(`gatehouse alerts ${known} of what? See --help.`)
    if (known === 'test') return test(call, name)
    if (known === 'preview') return preview(call, name)
    return mute(call, name, known)
  },
}

async function list(call: CommandCall): Promise<number> {
  const { output } = call
  const answer = await ask(call, '/alerts')
  if (output.json) output.value(answer)
  else {
    const said = (object: JsonObject, key: string): string => readString(object, key) ?? ''
    output.table(
      ['RULE', 'STATE', 'RINGS FOR', 'LAST LOOK'],
      readObjects(answer, 'rules').map((rule) => {
        const { last, muted } = rule
        const stands = isObject(last) ? (readString(last, 'text') ?? said(last, 'problem')) : ''
        return [
          said(rule, 'name'),
          said(rule, 'state') + (isObject(muted) ? ', muted' : ''),
          said(rule, 'says'),
          stands,
        ]
      }),
    )
    output.table(
      ['CHANNEL', 'TYPE', 'HEALTH', 'WHY'],
      readObjects(answer, 'channels').map((channel) =>
        ['name', 'type', 'health', 'reason'].map((key) => said(channel, key)),
      ),
    )
  }
  return EXIT.ok
}

async function test(call: CommandCall, channel: string): Promise<number> {
  const answer = await ask(call, `/alert-channels/${encodeURIComponent(channel)}/test`, { body: {} })
  const isDelivered = readString(answer, 'state') === 'delivered'
  if (call.output.json) call.output.value(answer)
  else
    call.output.say(
      isDelivered
        ? `The channel ${channel} took the test.`
        : `The channel ${channel} did not take the test: ${readString(answer, 'reason') ?? 'not known why'}.`,
    )
  return isDelivered ? EXIT.ok : EXIT.failed
}

async function preview(call: CommandCall, file: string): Promise<number> {
  const text = readTextFile(join(call.directory, file))
  if (text === undefined)
    throw new CommandError(EXIT.notFound, `There is no file ${file}, or it cannot be read.`)
  const rule = readRule(text, file)
  const days = Number(call.arguments.text('days') ?? 14)
  const answer = await ask(call, '/alerts/preview', { body: { rule, days } })
  if (call.output.json) {
    call.output.value(answer)
    return EXIT.ok
  }
  if (answer['replayed'] !== true) {
    call.output.say(readString(answer, 'why') ?? '')
    return EXIT.ok
  }
  call.output.say(
    `${readString(answer, 'says') ?? ''}: would have rung ${Number(answer['fired'])} times in ${days} days.`,
  )
  call.output.table(
    ['FROM', 'TO', 'WHAT'],
    readObjects(answer, 'alerts').map((alert) => [
      readString(alert, 'fired_at') ?? '',
      readString(alert, 'resolved_at') ?? 'still',
      readString(alert, 'text') ?? '',
    ]),
  )
  return EXIT.ok
}

function readRule(text: string, file: string): unknown {
  try {
    return parse(text)
  } catch {
    throw new CommandError(EXIT.usage, `${file} is not valid YAML.`)
  }
}

async function mute(call: CommandCall, rule: string, action: 'mute' | 'unmute'): Promise<number> {
  const path = `/alerts/${encodeURIComponent(rule)}/mute`
  const span = call.arguments.text('for') ?? '1h'
  const answer =
    action === 'mute'
      ? await ask(call, path, { body: { for: span } })
      : await ask(call, path, { method: 'DELETE' })
  if (call.output.json) call.output.value(answer)
  else
    call.output.say(
      action === 'mute' ? `The rule ${rule} tells nobody for ${span}.` : `The rule ${rule} tells again.`,
    )
  return EXIT.ok
}

interface Asked {
  readonly method?: 'DELETE'
  readonly body?: object
}

/** Asks the gateway that runs here. Throws CommandError with what it says where it refuses. */
async function ask(call: CommandCall, path: string, { method, body }: Asked = {}): Promise<JsonObject> {
  const { dataDirectory } = pathsOf(call)
  const address = readAddress(dataDirectory, isProcessAlive)
  const token =
    call.environment[TOKEN_VARIABLE] ?? readTextFile(join(dataDirectory, ADMIN_TOKEN_FILE))?.trim()
  if (address === undefined || token === undefined)
    throw new CommandError(EXIT.unreachable, 'No gateway runs here; start it first: gatehouse start')
  const response = await fetch(`${address.adminUrl}/api/v1${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(2 * LIMITS.alertMs),
  }).catch(() => {
    throw new CommandError(EXIT.unreachable, 'The gateway does not answer.')
  })
  const answer = parseJsonObject(await response.text()) ?? {}
  if (response.ok) return answer
  const errors = readObjects(answer, 'errors').map((error) =>
    ['path', 'message', 'hint'].map((key) => readString(error, key) ?? '').join(' '),
  )
  const nearest = readArray(answer, 'nearest')
    .slice(0, 1)
    .flatMap((name) => (typeof name === 'string' ? [`Did you mean ${name}?`] : []))
  const said = [readString(answer, 'detail') ?? `status ${response.status}`, ...errors, ...nearest]
  throw new CommandError(response.status === 404 ? EXIT.notFound : EXIT.usage, said.join('\n'))
}
